// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory_resource>

#include "coordination/result.hpp"

namespace dunlin {

class kernel_backend;

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

  /// Kernels in this order. Valid until the step ends.
  [[nodiscard]] virtual kernel_backend& kernels() = 0;

  /// Waits until everything that was put there is done. Errors: device_lost (a fault of any of it).
  virtual result<void> finish() = 0;

  /// The device's own name for the order, for steps in its own language: a `CUstream`, which is a `cudaStream_t` too.
  /// Null while no step runs.
  [[nodiscard]] virtual void* native_stream() noexcept = 0;
};

}  // namespace dunlin
