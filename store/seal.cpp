// SPDX-License-Identifier: Apache-2.0
#include "store/seal.hpp"

#include <zlib.h>

#include <array>

namespace dunlin {

namespace {

constexpr std::size_t sum_size = 4;

error damaged(const task_id& id) {
  return error{errc::corrupt, "stored bytes of task " + to_string(id) + " fail their checksum",
               "the disk is failing; restore the file from a copy"};
}

/// As if the number stood behind the bytes.
std::uint32_t sum_of(const task_id& id, bytes_view raw, wall_ms beside) noexcept {
  std::array<Bytef, sizeof(beside)> number{};
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<Bytef>(beside >> (8 * i));
  return static_cast<std::uint32_t>(crc32_z(sum_of(id, raw), number.data(), number.size()));
}

}  // namespace

std::uint32_t sum_of(const task_id& id, bytes_view raw) noexcept {
  const auto start = (id.high ^ (id.low * 0x9e3779b97f4a7c15U)) >> 32;  // tasks start from different values
  if (raw.empty()) return static_cast<std::uint32_t>(start);            // zlib takes no bytes as a wish to begin anew
  return static_cast<std::uint32_t>(crc32_z(start, reinterpret_cast<const Bytef*>(raw.data()), raw.size()));
}

void append_sum(bytes& out, std::uint32_t sum) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(sum >> shift));
}

result<std::uint32_t> cut_sum(bytes_view& raw) {
  if (raw.size() < sum_size) return fail(errc::corrupt, "stored bytes are cut short");
  std::uint32_t sum = 0;
  for (const auto each : raw.last(sum_size)) sum = (sum << 8) | std::to_integer<std::uint32_t>(each);
  raw = raw.first(raw.size() - sum_size);
  return sum;
}

void seal(bytes& out, const task_id& id) { append_sum(out, sum_of(id, out)); }

void seal(bytes& out, const task_id& id, wall_ms beside) { append_sum(out, sum_of(id, out, beside)); }

result<bytes_view> open_seal(const task_id& id, bytes_view raw, wall_ms beside) {
  const auto sum = cut_sum(raw);
  if (!sum || (*sum != sum_of(id, raw, beside) && *sum != sum_of(id, raw))) return fail(damaged(id));
  return raw;
}

result<bytes_view> open_seal(const task_id& id, bytes_view raw) {
  const auto sum = cut_sum(raw);
  if (!sum || *sum != sum_of(id, raw)) return fail(damaged(id));
  return raw;
}

}  // namespace dunlin
