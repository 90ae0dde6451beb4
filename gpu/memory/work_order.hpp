// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "coordination/export.hpp"

namespace dunlin {

/// The order in which a device does what one holder told it. A block that the holder has freed may still be used by
/// work that it put there before: for the holder itself it is free at once, for others once that work is done.
/// Thread: any.
class DUNLIN_EXPORT work_order {
 public:
  virtual ~work_order() = default;

  /// Marks the end of what was put there so far. Marks rise.
  virtual std::uint64_t mark() noexcept = 0;
  [[nodiscard]] virtual bool has_passed(std::uint64_t mark) noexcept = 0;
  /// Returns whether nothing is left to be done.
  [[nodiscard]] virtual bool is_idle() noexcept = 0;
  /// Waits until nothing is left to be done. It ends: with an error of the device, at once.
  virtual void wait_until_idle() noexcept = 0;
};

}  // namespace dunlin
