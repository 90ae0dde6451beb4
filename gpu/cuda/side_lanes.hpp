// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gpu/cuda/cuda_backend.hpp"
#include "gpu/cuda/stream.hpp"

namespace dunlin::cuda {

/// An order of work and the kernels that are put into it.
struct work_lane {
  std::shared_ptr<stream> on;
  std::unique_ptr<cuda_backend> kernels;  ///< ends before its stream
};

/// Streams beside a holder's own, for what may be done in any order: all go on behind a place in the main stream, which
/// goes on behind all of them. Opened when they are needed, kept for the next time. Thread: one at a time.
class side_lanes {
 public:
  side_lanes(std::function<result<work_lane>()> open, std::uint32_t most) : open_(std::move(open)), most_(most) {}

  result<void> fork(const stream& main);
  /// Returns the next in turn, behind where `fork` was. Errors: those of the driver.
  result<const work_lane*> next();
  /// Has `main` wait for all that were used since `fork`. Errors: the first of the driver's.
  result<void> join(const stream& main);

 private:
  struct lane {
    work_lane work;
    std::unique_ptr<event> done;
  };
  result<void> open_one();

  const std::function<result<work_lane>()> open_;
  const std::uint32_t most_;
  std::vector<lane> lanes_;
  std::unique_ptr<event> forked_;
  std::size_t used_ = 0;  ///< lanes since `fork`
  std::size_t turn_ = 0;
};

}  // namespace dunlin::cuda
