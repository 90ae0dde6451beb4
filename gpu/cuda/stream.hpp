// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "coordination/types.hpp"
#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::cuda {

class stream;

/// A place in a stream's order that can be waited for and timed. Thread: one at a time.
class event {
 public:
  static result<std::unique_ptr<event>> make(std::shared_ptr<gpu_context> context);
  ~event();
  event(const event&) = delete;
  event& operator=(const event&) = delete;

  /// Stands behind everything that was put into `on` so far.
  result<void> record(const stream& on);
  /// Returns whether the stream has come to it. Errors: device_lost.
  result<bool> has_passed() const;
  /// Waits on the host, asleep.
  result<void> wait() const;
  /// Returns the time from `begin` to this one, both of which have passed. Half a microsecond is the finest step.
  result<std::uint64_t> ns_since(const event& begin) const;

  [[nodiscard]] CUevent handle() const noexcept { return handle_; }

 private:
  explicit event(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}

  const std::shared_ptr<gpu_context> context_;
  CUevent handle_ = nullptr;
};

/// An order of work on a GPU. Its destruction waits for what is in it. Thread: one at a time.
class stream {
 public:
  /// `is_urgent`: the hardware prefers its kernels where it can choose; it interrupts none that run.
  static result<std::shared_ptr<stream>> make(std::shared_ptr<gpu_context> context, bool is_urgent);
  ~stream();
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  /// Goes on behind `before`, without the host.
  result<void> wait_for(const event& before) const;
  /// Goes on once the word at `place` has come to `value`, without the host. `place`: pinned memory, or the device's.
  result<void> wait_for(const std::uint32_t* place, std::uint32_t value) const;
  /// Writes `value` to the word at `place` when everything before is done.
  result<void> write(std::uint32_t* place, std::uint32_t value) const;

  /// Returns whether everything in it is done. Errors: device_lost.
  [[nodiscard]] result<bool> is_idle() const;
  /// Waits on the host until everything in it is done. Errors: device_lost.
  result<void> finish() const;

  /// Copies between host and device, either way, or on the device. Host memory that is not pinned is copied before the
  /// call returns.
  result<void> copy(void* to, const void* from, std::uint64_t bytes) const;

  [[nodiscard]] CUstream handle() const noexcept { return handle_; }
  [[nodiscard]] const std::shared_ptr<gpu_context>& context() const noexcept { return context_; }

 private:
  explicit stream(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}

  const std::shared_ptr<gpu_context> context_;
  CUstream handle_ = nullptr;
};

}  // namespace dunlin::cuda
