// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "coordination/result.hpp"

namespace dunlin {

/// A range of addresses whose pages are backed by memory one by one: what a pool is made of. On the host pages of the
/// kernel, on a GPU physical memory that is mapped where it is needed. Thread: one at a time.
class DUNLIN_EXPORT page_source {
 public:
  virtual ~page_source() = default;

  /// Returns the first address; aligned to a page.
  [[nodiscard]] virtual std::byte* base() const noexcept = 0;
  /// Returns the size of the range, a multiple of the page; far more than may be backed.
  [[nodiscard]] virtual std::uint64_t range_bytes() const noexcept = 0;
  /// Returns the size of a page, a power of two.
  [[nodiscard]] virtual std::uint64_t page_bytes() const noexcept = 0;

  /// Backs these pages, none of which is backed. Errors: quota_exceeded (the device has no memory left), io_failed.
  virtual result<void> back(std::uint64_t first_page, std::uint64_t pages) = 0;

  /// Gives these pages, all of which are backed, back to the device. What was in them is lost.
  virtual void give_back(std::uint64_t first_page, std::uint64_t pages) noexcept = 0;
};

}  // namespace dunlin
