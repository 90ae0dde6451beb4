// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Some pages, one after the other.
struct page_run {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  [[nodiscard]] std::uint64_t end() const noexcept { return first + count; }
  friend bool operator==(const page_run&, const page_run&) = default;
};

/// Which pages of a range are backed by memory: a bit each.
class DUNLIN_EXPORT page_map {
 public:
  explicit page_map(std::uint64_t pages) : words_((pages + 63) / 64), pages_(pages) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return pages_; }
  /// Returns how many pages are backed.
  [[nodiscard]] std::uint64_t backed() const noexcept { return backed_; }
  [[nodiscard]] bool is_backed(std::uint64_t page) const noexcept {
    return (words_[page / 64] >> (page % 64) & 1U) != 0;
  }
  /// Returns how many of `run` are backed.
  [[nodiscard]] std::uint64_t backed_of(page_run run) const noexcept;

  /// Marks pages none of which is backed.
  void back(page_run run) noexcept;
  /// Marks pages all of which are backed.
  void give_back(page_run run) noexcept;

  /// Returns the first pages of `within` that are backed (or not), in one piece; none of them: an empty run at its end.
  [[nodiscard]] page_run next_run(page_run within, bool backed) const noexcept;

 private:
  [[nodiscard]] std::uint64_t find(std::uint64_t from, std::uint64_t end, bool backed) const noexcept;
  void flip(page_run run) noexcept;

  std::vector<std::uint64_t> words_;
  std::uint64_t pages_;
  std::uint64_t backed_ = 0;
};

}  // namespace dunlin
