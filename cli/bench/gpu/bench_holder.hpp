// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "coordination/ports.hpp"
#include "gpu/device_work.hpp"
#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin::bench {

/// The one holder of a device, in the middle of a step on the thread that made it.
class bench_holder {
 public:
  /// Errors: those of the device, quota_exceeded.
  static result<std::unique_ptr<bench_holder>> make(std::shared_ptr<device_port> device, std::uint64_t bytes);
  ~bench_holder();
  bench_holder(const bench_holder&) = delete;
  bench_holder& operator=(const bench_holder&) = delete;

  [[nodiscard]] device_work& work() noexcept { return *work_; }
  [[nodiscard]] kernel_backend& kernels() noexcept { return work_->kernels(); }
  [[nodiscard]] share_session& step() noexcept { return *step_; }

  /// Takes memory of the device's, or pinned memory of the host's, for the holder's time. Throws `memory_exhausted`.
  template <class Number>
  Number* numbers(std::uint64_t count) {
    return static_cast<Number*>(take(work_->memory(), count * sizeof(Number)));
  }
  template <class Number>
  Number* pinned(std::uint64_t count) {
    return static_cast<Number*>(take(work_->staging(), count * sizeof(Number)));
  }
  /// Gives back all that was taken.
  void clear();

 private:
  struct taken {
    std::pmr::memory_resource* from;
    void* place;
    std::uint64_t bytes;
  };
  explicit bench_holder(std::shared_ptr<device_port> device) : device_(std::move(device)) {}
  void* take(std::pmr::memory_resource& from, std::uint64_t bytes);

  const std::shared_ptr<device_port> device_;
  std::shared_ptr<device_work> work_;
  std::unique_ptr<share_session> step_;
  std::vector<taken> taken_;
};

}  // namespace dunlin::bench
