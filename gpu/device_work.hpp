// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>

#include "coordination/result.hpp"

namespace dunlin {

class kernel_backend;

/// How many threads run a function of the device's.
struct launch_shape {
  std::uint32_t blocks = 1;
  std::uint32_t blocks_y = 1;
  std::uint32_t threads = 256;
  std::uint32_t threads_y = 1;
  std::uint32_t shared_bytes = 0;  ///< of each block, beside what the function declares itself
};

/// Machine code that was loaded for a device.
class DUNLIN_EXPORT device_code {
 public:
  virtual ~device_code() = default;
};

/// Work that was written down, to be done again with one call.
class DUNLIN_EXPORT recorded_work {
 public:
  virtual ~recorded_work() = default;
};

/// What a holder does on a device that works on its own, in one order: memory, copies, kernels. Each call puts
/// something there and returns; `finish` waits. Between the holder's steps nothing can be put there. Thread: the one
/// that runs the holder's steps.
class DUNLIN_EXPORT device_work {
 public:
  virtual ~device_work() = default;

  /// The device's own memory, to the holder's cap: the host cannot read it. What is freed may still be used by what was
  /// put there before. Throws `memory_exhausted` beyond the cap.
  [[nodiscard]] virtual std::pmr::memory_resource& memory() = 0;

  /// Copies between the host's memory and the device's, either way, or within the device.
  /// Errors: lease_expired (no step runs), those of the device.
  virtual result<void> copy(void* to, const void* from, std::uint64_t bytes) = 0;

  /// Returns the most bytes of `memory` that were in use at once.
  [[nodiscard]] virtual std::uint64_t peak_bytes() const noexcept = 0;

  /// Memory of the host that the device reaches by itself: copies to and from it go beside the host's work. What is
  /// freed may still be used by what was put there before. Throws `memory_exhausted`.
  [[nodiscard]] virtual std::pmr::memory_resource& staging() = 0;

  /// Kernels in this order. Valid until the step ends; each work of `fork_join` asks anew.
  [[nodiscard]] virtual kernel_backend& kernels() = 0;

  /// Loads code of the user's own, such as a cubin or PTX. `image` outlives it.
  /// Errors: those of the device (code for another one, bytes that are none).
  virtual result<std::shared_ptr<device_code>> load(std::span<const std::byte> image) = 0;

  /// Runs a function of loaded code; `arguments[i]` points to the i-th.
  /// Errors: not_found (no such function), lease_expired, those of the device.
  virtual result<void> launch(device_code& code, const std::string& function, const launch_shape& shape,
                              std::span<void*> arguments) = 0;

  /// Writes down what `work` puts there, without doing it. `work` may not wait, nor take or free memory of the device.
  virtual result<std::shared_ptr<recorded_work>> record(const std::function<result<void>()>& work) = 0;

  /// Does it again, with the same arguments. Errors: conflict (it was recorded on other units: record it anew).
  virtual result<void> replay(const recorded_work& what) = 0;

  /// Does all `works` behind what was put there so far and in any order among each other, each in one of the node's
  /// `num_streams` streams: one copies while another computes. What is put there later is behind all of them. They are
  /// called one after the other, before this returns; they may free neither memory of the device nor of `staging`, nor
  /// end the step. All are joined also if one fails or throws, and those after it are not called. Errors: the first of
  /// theirs, conflict (while work is recorded, or from within such work), lease_expired, those of the device.
  virtual result<void> fork_join(std::span<const std::function<result<void>()>> works) = 0;

  /// Waits until everything that was put there is done; within `fork_join`, that of its own stream. Errors: device_lost
  /// (a fault of any of it).
  virtual result<void> finish() = 0;

  /// The device's own name for the order, for steps in its own language: a `CUstream`, which is a `cudaStream_t` too.
  /// Null while no step runs.
  [[nodiscard]] virtual void* native_stream() noexcept = 0;
};

}  // namespace dunlin
