// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/device_meter.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

std::optional<std::int32_t> device_meter::busy_permille(std::uint64_t busy_ns, std::uint32_t units, time_point now) {
  const auto before = std::exchange(last_, now);
  const auto counted = std::exchange(busy_ns_, std::max(busy_ns_, busy_ns));
  if (!before || now <= *before) return std::nullopt;
  const auto busy = busy_ns > counted ? static_cast<double>(busy_ns - counted) : 0.0;
  const auto time = static_cast<double>((now - *before).count()) * std::max(units, 1U);
  return static_cast<std::int32_t>(std::min(busy / time, 1.0) * 1'000);
}

}  // namespace dunlin
