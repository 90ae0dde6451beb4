// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "gpu/cuda/stream.hpp"

namespace dunlin::cuda {

/// How long a stream's steps kept the GPU busy, by a pair of events each. A few steps may be on their way at once: the
/// host prepares the next while the GPU works. Thread: one at a time.
class step_times {
 public:
  /// Waits as long as more than so many steps would be on their way. Two keep a GPU busy (StarPU's choice too).
  static constexpr std::size_t window = 2;

  explicit step_times(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}

  result<void> begin(const stream& on);
  /// Returns the busy time, in nanoseconds, of the steps that were found done. Errors: device_lost.
  result<std::uint64_t> end(const stream& on);
  /// Waits for all. Returns as `end` does.
  result<std::uint64_t> finish();

 private:
  struct step {
    std::unique_ptr<event> begin;
    std::unique_ptr<event> end;
  };
  result<std::unique_ptr<event>> take_event();
  result<void> take_oldest(std::uint64_t& busy_ns);

  const std::shared_ptr<gpu_context> context_;
  std::unique_ptr<event> begun_;  ///< of the step that runs
  std::deque<step> on_their_way_;
  std::vector<std::unique_ptr<event>> spare_;
};

}  // namespace dunlin::cuda
