// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/cost_history.hpp"

#include <algorithm>
#include <bit>

namespace dunlin {

namespace {

/// A new time counts a fifth once there are five.
constexpr std::uint32_t most_weighed = 5;

std::size_t doubling_of(std::uint64_t size) noexcept {
  return static_cast<std::size_t>(std::bit_width(std::max<std::uint64_t>(size, 1))) - 1;
}

}  // namespace

void cost_history::observe(const std::string& kind, const std::string& backend, std::uint64_t size, duration took) {
  auto& mean = known_[{kind, backend}][doubling_of(size)];
  mean.seen = std::min(mean.seen + 1, most_weighed);
  const auto per_unit = static_cast<double>(took.count()) / static_cast<double>(std::max<std::uint64_t>(size, 1));
  mean.ns_per_unit += (per_unit - mean.ns_per_unit) / mean.seen;
}

std::optional<duration> cost_history::estimate(const std::string& kind, const std::string& backend,
                                               std::uint64_t size) const {
  const auto found = known_.find({kind, backend});
  if (found == known_.end()) return std::nullopt;
  const auto& means = found->second;
  const auto wanted = doubling_of(size);
  const mean_time* nearest = nullptr;
  for (std::size_t away = 0; away < means.size() && nearest == nullptr; ++away) {
    // Of two that are as far, the smaller work: a larger one may not fit the same caches.
    if (away <= wanted && means[wanted - away].seen >= enough) nearest = &means[wanted - away];
    if (nearest == nullptr && wanted + away < means.size() && means[wanted + away].seen >= enough)
      nearest = &means[wanted + away];
  }
  if (nearest == nullptr) return std::nullopt;
  return duration{
      static_cast<duration::rep>(nearest->ns_per_unit * static_cast<double>(std::max<std::uint64_t>(size, 1)))};
}

}  // namespace dunlin
