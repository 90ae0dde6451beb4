// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/pool/trace_replay.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <map>
#include <memory>
#include <unordered_map>

#include "gpu/memory/memory_stream.hpp"

/// tests/bench/floor: nothing of ours is in them, so they have no header of ours.
extern "C" {
std::uint64_t best_fit_replay(const std::uint64_t (*events)[3], std::size_t count, double* ns);
std::uint64_t slot_pool_replay(const std::uint64_t (*events)[3], std::size_t count, const std::uint64_t* sizes,
                               std::size_t size_count);
}

namespace dunlin::bench {

namespace {

/// As the kernel gives it.
constexpr std::uint64_t page_bytes = 4'096;

using clock_type = std::chrono::steady_clock;
using plain_event = std::array<std::uint64_t, 3>;

std::vector<plain_event> plain(const std::vector<allocation_event>& trace) {
  std::vector<plain_event> out;
  out.reserve(trace.size());
  for (const auto& event : trace) out.push_back({event.id, event.bytes, event.is_free ? 1ULL : 0ULL});
  return out;
}

const std::uint64_t (*raw(const std::vector<plain_event>& events))[3] {
  return reinterpret_cast<const std::uint64_t(*)[3]>(events.data());
}

/// Addresses that are never touched, a quarter of a tebibyte of them, in pages as the host has them.
class bare_addresses final : public page_source {
 public:
  [[nodiscard]] std::byte* base() const noexcept override { return std::bit_cast<std::byte*>(std::uintptr_t{1} << 40); }
  [[nodiscard]] std::uint64_t range_bytes() const noexcept override { return 1ULL << 38; }
  [[nodiscard]] std::uint64_t page_bytes() const noexcept override { return bench::page_bytes; }
  result<void> back(std::uint64_t, std::uint64_t) override { return {}; }
  void give_back(std::uint64_t, std::uint64_t) noexcept override {}
};

}  // namespace

result<replay_outcome> replay_on_pool(const std::vector<allocation_event>& trace, std::uint64_t max_bytes) {
  auto pool = memory_pool::make(std::make_unique<bare_addresses>(), {.max_bytes = max_bytes});
  if (!pool) return fail(std::move(pool.error()));
  std::map<std::uint32_t, std::shared_ptr<memory_stream>> streams;
  for (const auto& event : trace)
    if (auto& stream = streams[event.stream]; stream == nullptr) stream = (*pool)->open_stream();
  std::unordered_map<std::uint64_t, void*> places;
  places.reserve(trace.size());
  replay_outcome out;
  const auto from = clock_type::now();
  for (const auto& event : trace) {
    auto& stream = *streams.find(event.stream)->second;
    auto& place = places[event.id];
    if (!event.is_free) {
      place = stream.try_allocate(event.bytes, event.alignment);
      if (place == nullptr) ++out.refused;
    } else if (place != nullptr) {
      stream.deallocate(place, event.bytes, event.alignment);
    }
  }
  out.ns =
      std::chrono::duration<double, std::nano>(clock_type::now() - from).count() / static_cast<double>(trace.size());
  const auto counted = (*pool)->statistics();
  out.reserved = counted.at_peak.reserved;
  out.at_peak = counted.at_peak;
  out.moved = counted.given_back;
  return out;
}

replay_outcome replay_on_best_fit(const std::vector<allocation_event>& trace) {
  const auto events = plain(trace);
  replay_outcome out;
  const auto end = best_fit_replay(raw(events), events.size(), &out.ns);
  out.reserved = (end + page_bytes - 1) / page_bytes * page_bytes;
  out.ns /= static_cast<double>(trace.size());
  return out;
}

replay_outcome replay_on_powers_of_two(const std::vector<allocation_event>& trace) {
  const auto events = plain(trace);
  const std::uint64_t smallest = 512;
  replay_outcome out;
  out.reserved = slot_pool_replay(raw(events), events.size(), &smallest, 1);
  return out;
}

replay_outcome replay_on_fixed_slots(const std::vector<allocation_event>& trace) {
  const auto events = plain(trace);
  constexpr std::array<std::uint64_t, 5> sizes{1ULL << 12, 1ULL << 16, 1ULL << 20, 1ULL << 24, 1ULL << 28};
  replay_outcome out;
  out.reserved = slot_pool_replay(raw(events), events.size(), sizes.data(), sizes.size());
  return out;
}

double waste_percent(std::uint64_t reserved, std::uint64_t live) noexcept {
  if (reserved == 0) return 0;
  return 100 * (static_cast<double>(reserved) - static_cast<double>(live)) / static_cast<double>(reserved);
}

}  // namespace dunlin::bench
