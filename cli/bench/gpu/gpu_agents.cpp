// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/gpu_agents.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/drawn_numbers.hpp"
#include "cli/bench/gpu/gpu_clock.hpp"

namespace dunlin::bench {

namespace {

constexpr std::size_t alignment = 256;
/// Small enough that some of them are a millisecond, large enough to fill a GPU.
constexpr std::uint64_t most_numbers = 16 << 20;
constexpr std::uint64_t most_rows = 2'048;
constexpr std::uint64_t tiny_numbers = 256;
/// Of launches, a millisecond has more than a stream holds.
constexpr std::uint32_t most_repeats = 200;

std::uint64_t size_of(load_kind kind, const gpu_bench_options& options) {
  if (kind == load_kind::copying) return std::min(options.numbers, most_numbers);
  return kind == load_kind::multiplying ? std::min(options.matrix, most_rows) : tiny_numbers;
}

/// Products of halves need two bytes for each factor and four for the result.
std::uint64_t bytes_of(load_kind kind, std::uint64_t size) {
  return kind == load_kind::multiplying ? size * size * 8 : size * 2 * sizeof(float);
}

}  // namespace

const char* to_string(load_kind kind) noexcept {
  if (kind == load_kind::copying) return "copying";
  return kind == load_kind::multiplying ? "multiplying" : "tiny";
}

result<load_repeats> measure_loads(const std::shared_ptr<device_port>& device, const gpu_bench_options& options) {
  auto holder = bench_holder::make(device, options.agent_bytes);
  if (!holder) return fail(std::move(holder.error()));
  load_repeats out;
  for (const auto kind : {load_kind::copying, load_kind::multiplying, load_kind::tiny}) {
    gpu_load once{kind, (*holder)->work(), options, 1};
    const auto took = seconds_of(
        options.least_seconds, [&] { return once.put(); }, [&] { return (*holder)->work().finish(); });
    if (!took && took.error().code == errc::not_supported) {
      out.of[static_cast<std::size_t>(kind)] = 0;
      continue;
    }
    if (!took) return fail(error{took.error()});
    const double wanted = std::chrono::duration<double>(options.step).count() / *took;
    out.of[static_cast<std::size_t>(kind)] =
        std::clamp(static_cast<std::uint32_t>(std::lround(wanted)), 1U, most_repeats);
  }
  return out;
}

gpu_load::gpu_load(load_kind kind, device_work& work, const gpu_bench_options& options, std::uint32_t repeats)
    : kind_(kind),
      work_(work),
      size_(size_of(kind, options)),
      repeats_(repeats),
      bytes_(bytes_of(kind, size_)),
      place_(work.memory().allocate(bytes_, alignment)) {}

gpu_load::~gpu_load() { work_.memory().deallocate(place_, bytes_, alignment); }

/// In a step: only there may anything be put there.
result<void> gpu_load::fill_first() {
  if (std::exchange(is_filled_, true)) return {};
  if (kind_ == load_kind::multiplying) return fill(work_, static_cast<std::uint16_t*>(place_), 2 * size_ * size_);
  return fill(work_, static_cast<float*>(place_), 2 * size_);
}

result<void> gpu_load::put() {
  if (auto filled = fill_first(); !filled) return filled;
  for (std::uint32_t i = 0; i < repeats_; ++i)
    if (auto done = put_once(); !done) return done;
  return {};
}

result<void> gpu_load::put_once() {
  auto* numbers = static_cast<float*>(place_);
  if (kind_ != load_kind::multiplying) return work_.kernels().run(scale_call{size_, 1.0F, numbers, numbers + size_});
  const auto* halves = static_cast<const std::uint16_t*>(place_);
  half_gemm_call call;
  call.m = call.n = call.k = size_;
  call.a = halves;
  call.b = halves + size_ * size_;
  call.c = numbers + size_ * size_;
  return work_.kernels().run(call);
}

result<std::unique_ptr<gpu_agents>> gpu_agents::make(const std::shared_ptr<device_port>& device,
                                                     const std::vector<load_kind>& kinds, const load_repeats& repeats,
                                                     const gpu_bench_options& options) {
  auto out = std::make_unique<gpu_agents>();
  for (const auto kind : kinds) {
    const agent_id id{out->members_.size() + 1};
    auto work = device->open_work(id, options.agent_bytes, "agent " + std::to_string(id.value));
    if (!work) return fail(std::move(work.error()));
    auto load = std::make_unique<gpu_load>(kind, **work, options, repeats.of[static_cast<std::size_t>(kind)]);
    out->members_.push_back({std::move(*work), std::move(load)});
  }
  return out;
}

}  // namespace dunlin::bench
