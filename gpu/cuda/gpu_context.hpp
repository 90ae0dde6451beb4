// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "gpu/cuda/driver.hpp"

namespace dunlin::cuda {

/// Where a GPU's streams live: the device's primary context, or a green context that has some of its SMs. Thread: any;
/// a green one is used by one thread at a time, as the driver asks.
class gpu_context {
 public:
  /// Keeps the primary context of a GPU. `driver` outlives it. Errors: those of `check`.
  static result<std::shared_ptr<gpu_context>> primary(const driver_calls& driver, int ordinal);

  /// Takes these groups of SMs, which come from one split of `parent`'s device: those of separate splits overlap.
  static result<std::shared_ptr<gpu_context>> green(std::shared_ptr<gpu_context> parent,
                                                    std::vector<CUdevResource> groups);
  ~gpu_context();
  gpu_context(const gpu_context&) = delete;
  gpu_context& operator=(const gpu_context&) = delete;

  [[nodiscard]] const driver_calls& driver() const noexcept { return driver_; }
  [[nodiscard]] int ordinal() const noexcept { return ordinal_; }
  [[nodiscard]] CUdevice device() const noexcept { return device_; }
  [[nodiscard]] CUcontext handle() const noexcept { return handle_; }
  [[nodiscard]] CUgreenCtx green_handle() const noexcept { return green_; }

  /// Returns the SMs that it was granted, as read back from the driver.
  [[nodiscard]] std::uint32_t sms() const noexcept { return sms_; }

  /// Makes it the context of the calling thread, as most calls of the driver need.
  [[nodiscard]] result<void> make_current() const;
  /// The same, unless the thread has one: that may be a green one, in which its holder's work goes.
  [[nodiscard]] result<void> make_current_if_none() const;

  /// The driver's answer as a result, with this device in the text.
  [[nodiscard]] result<void> check(CUresult code, const char* call, std::uint64_t bytes = 0) const {
    return cuda::check(driver_, code, {call, bytes, ordinal_});
  }

 private:
  gpu_context(const driver_calls& driver, int ordinal) noexcept : driver_(driver), ordinal_(ordinal) {}
  result<void> retain();
  result<void> take(std::vector<CUdevResource> groups);

  const driver_calls& driver_;
  const int ordinal_;
  CUdevice device_ = 0;
  CUcontext handle_ = nullptr;
  CUgreenCtx green_ = nullptr;  ///< null in a primary context
  std::uint32_t sms_ = 0;
  std::shared_ptr<gpu_context> parent_;
};

}  // namespace dunlin::cuda
