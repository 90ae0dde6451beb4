// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "coordination/types.hpp"

namespace dunlin {

/// How busy a device was between two looks at its busy time. Whatever adds up late, such as what helpers did for a
/// step, counts when it is told; no look says more than all of the device.
class DUNLIN_EXPORT device_meter {
 public:
  /// `busy_ns`: of all its units together since it was opened. Returns the ratio since the look before, 0 to 1 000;
  /// none at the first look, and where no time has passed.
  [[nodiscard]] std::optional<std::int32_t> busy_permille(std::uint64_t busy_ns, std::uint32_t units, time_point now);

 private:
  std::optional<time_point> last_;
  std::uint64_t busy_ns_ = 0;
};

}  // namespace dunlin
