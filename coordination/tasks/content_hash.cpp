// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/content_hash.hpp"

namespace dunlin {

namespace {

void add(content_hash& hash, const resources& wish) noexcept {
  hash.add((std::uint64_t{wish.cpu_milli} << 32) | wish.gpu_milli);
  hash.add(wish.host_bytes);
  hash.add(wish.gpu_bytes);
  if (wish.expected.count() != 0) hash.add(static_cast<std::uint64_t>(wish.expected.count()));
}

void add(content_hash& hash, const retry_policy& retry) noexcept {
  hash.add((std::uint64_t{retry.max_retries} << 1) | (retry.exponential ? 1U : 0U));
  hash.add(static_cast<std::uint64_t>(retry.delay.count()));
  hash.add(static_cast<std::uint64_t>(retry.max_delay.count()));
}

void add(content_hash& hash, const affinity& where) noexcept {
  hash.add(where.node);
  hash.add((std::uint64_t{static_cast<std::uint32_t>(where.device)} << 32) | static_cast<std::uint32_t>(where.stream));
}

void add_modes(content_hash& hash, const task_shape& shape) noexcept {
  const auto byte = [](auto value, unsigned place) { return std::uint64_t{static_cast<std::uint8_t>(value)} << place; };
  hash.add(byte(shape.sharing, 0) | byte(shape.isolation, 8) | byte(shape.on_lapse, 16) |
           byte(shape.checkpoint.on_failure, 24));
}

}  // namespace

std::uint64_t hash_of(const task_shape& shape) noexcept {
  content_hash hash;
  hash.add(shape.kind);
  hash.add(shape.capabilities.size());
  for (const auto& capability : shape.capabilities) hash.add(capability);
  add(hash, shape.needs);
  hash.add(shape.variants.size());
  for (const auto& variant : shape.variants) add(hash, variant);
  add_modes(hash, shape);
  hash.add(static_cast<std::uint64_t>(shape.target_latency.count()));
  hash.add(static_cast<std::uint64_t>(shape.timeout.count()));
  add(hash, shape.retry);
  add(hash, shape.where);
  hash.add(static_cast<std::uint64_t>(shape.checkpoint.interval.count()));
  for (const auto& [starts_in, lasts] : shape.reserved) {
    hash.add(static_cast<std::uint64_t>(starts_in.count()));
    hash.add(static_cast<std::uint64_t>(lasts.count()));
  }
  return hash.value();
}

std::uint64_t hash_of(const task_spec& spec) noexcept {
  content_hash hash;
  hash.add(hash_of(spec.shape));
  hash.add(bytes_view{spec.payload});
  hash.add(std::uint64_t{spec.priority});
  for (const auto& [by, lasts] : spec.priority_boosts) {
    hash.add(std::uint64_t{by});
    hash.add(static_cast<std::uint64_t>(lasts.count()));
  }
  hash.add(spec.depends_on.size());
  for (const auto& name : spec.depends_on) hash.add(name);
  for (const auto& name : spec.locks) hash.add(name);
  return hash.value();
}

}  // namespace dunlin
