// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Number of a worker, dense from 0; used again after the worker is removed.
using worker_slot = std::uint32_t;

/// A set of worker slots as a bitmap with one summary level: the next member after a slot is found in a few word
/// reads even among 100 000 slots.
class DUNLIN_EXPORT slot_set {
 public:
  void insert(worker_slot slot);
  void erase(worker_slot slot) noexcept;
  [[nodiscard]] bool contains(worker_slot slot) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Returns the lowest member >= `slot`.
  [[nodiscard]] std::optional<worker_slot> next_from(worker_slot slot) const noexcept;

  /// Equal members; memory kept in reserve does not count.
  friend DUNLIN_EXPORT bool operator==(const slot_set& a, const slot_set& b) noexcept;

  /// Calls `visit(worker_slot)` for every member, lowest first. The set must not change meanwhile.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (auto at = next_from(0); at; at = next_from(*at + 1)) visit(*at);
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> summary_;  // bit i: words_[i] is not zero
  std::size_t size_ = 0;
};

}  // namespace dunlin
