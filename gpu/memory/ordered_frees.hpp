// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "gpu/memory/work_order.hpp"

namespace dunlin {

/// Blocks that a holder has freed and others may have once the work that still uses them is done. Thread: one at a
/// time.
class ordered_frees {
 public:
  explicit ordered_frees(std::shared_ptr<work_order> order) noexcept : order_(std::move(order)) {}

  /// Adds blocks of `bytes` together, free once the holder's order has come to where it is now.
  void add(std::vector<std::byte*> places, std::uint64_t bytes) {
    batches_.push_back({order_->mark(), bytes, std::move(places)});
    bytes_ += bytes;
  }

  /// Moves the blocks that others may have to `out`.
  void take_passed(std::vector<std::byte*>& out) {
    while (!batches_.empty() && order_->has_passed(batches_.front().mark)) take_oldest(out);
  }
  /// Moves all to `out`: nothing is left to be done.
  void take_all(std::vector<std::byte*>& out) {
    while (!batches_.empty()) take_oldest(out);
  }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] work_order& order() const noexcept { return *order_; }

 private:
  struct batch {
    std::uint64_t mark;
    std::uint64_t bytes;
    std::vector<std::byte*> places;
  };

  void take_oldest(std::vector<std::byte*>& out) {
    const auto& oldest = batches_.front();
    out.insert(out.end(), oldest.places.begin(), oldest.places.end());
    bytes_ -= oldest.bytes;
    batches_.pop_front();
  }

  const std::shared_ptr<work_order> order_;
  std::deque<batch> batches_;  ///< the oldest first
  std::uint64_t bytes_ = 0;
};

}  // namespace dunlin
