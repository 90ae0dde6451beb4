// SPDX-License-Identifier: Apache-2.0
// A GPU that the processor plays: NVIDIA's driver as the module sees it, with streams that run beside the caller,
// memory that is mapped page by page, green contexts, and the module's own kernels run from their source. What the
// module tells a driver is so tested on every machine; what a real GPU does with it is not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gpu/cuda/driver.hpp"

namespace dunlin::testing {

struct emulated_gpu_options {
  int gpus = 1;
  unsigned int sms = 20;
  unsigned int sms_of_group = 8;
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  bool has_green_contexts = true;
};

/// What exists of it at the moment: what a test leaves behind shows here.
struct emulated_counts {
  std::size_t streams = 0;
  std::size_t events = 0;
  std::size_t green_contexts = 0;
  std::size_t primary_contexts = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t pinned_bytes = 0;

  friend bool operator==(const emulated_counts&, const emulated_counts&) = default;
};

/// One for each test; the driver that it offers works until it is destroyed. Thread: any.
class emulated_gpu {
 public:
  explicit emulated_gpu(emulated_gpu_options options = {});
  ~emulated_gpu();
  emulated_gpu(const emulated_gpu&) = delete;
  emulated_gpu& operator=(const emulated_gpu&) = delete;

  [[nodiscard]] const cuda::driver_calls& driver() const noexcept { return calls_; }
  [[nodiscard]] emulated_counts counts() const;

  /// Returns how often this call was made.
  [[nodiscard]] std::size_t calls(const std::string& name) const;
  /// The next call with this name fails so.
  void fail_next(const std::string& call, CUresult code);
  /// The next kernel faults: from then on every call fails so, as after a fault on a GPU.
  void fault_next_kernel(CUresult code = CUDA_ERROR_ILLEGAL_ADDRESS);
  /// Streams go no further until `go_on`.
  void pause();
  void go_on();
  /// Returns the names of the kernels that ran, with the number of SMs that each had.
  [[nodiscard]] std::vector<std::pair<std::string, unsigned int>> kernels_run() const;

  // -- for the driver's calls

  struct event {
    std::uint64_t recorded = 0;
    std::uint64_t fired = 0;
    std::chrono::steady_clock::time_point at;
  };
  struct operation {
    std::function<void()> run;
    std::function<bool()> is_ready;  ///< empty = at once
  };
  struct green_context {
    unsigned int sms = 0;
    int device = 0;
  };
  struct stream {
    std::deque<operation> waiting;
    bool runs = false;
    bool destroyed = false;
    bool captures = false;
    bool invalidated = false;  ///< by a call that may not be made meanwhile
    std::vector<operation> captured;
    green_context* green = nullptr;
  };

  static emulated_gpu& current();
  std::mutex& mutex() noexcept { return mutex_; }
  /// Under the mutex: what a call answers before it does anything.
  CUresult begin_call(const char* name);
  /// Under the mutex.
  void enqueue(stream& on, operation what);
  CUresult wait_until(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done);

  const emulated_gpu_options options;
  std::set<std::unique_ptr<stream>> streams;
  std::set<std::unique_ptr<event>> events;
  std::vector<std::unique_ptr<event>> destroyed_events;
  std::set<std::unique_ptr<green_context>> greens;
  std::map<int, std::size_t> primaries;
  std::map<CUmemGenericAllocationHandle, std::uint64_t> memory;
  std::map<void*, std::uint64_t> pinned;
  std::map<std::uintptr_t, std::uint64_t> mapped;
  std::map<std::string, unsigned int> shared_bytes;  ///< that kernels may have, where it is more than usual
  std::uint64_t next_handle = 1;
  std::vector<std::pair<std::string, unsigned int>> ran;
  CUresult fault = CUDA_SUCCESS;
  CUresult fault_of_next = CUDA_SUCCESS;

 private:
  void work();
  bool run_one(std::unique_lock<std::mutex>& lock);

  const cuda::driver_calls calls_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, CUresult> failing_;
  std::map<std::string, std::size_t> made_;  ///< calls by name
  bool paused_ = false;
  bool stopping_ = false;
  std::thread engine_;
};

/// The calls of the emulated driver.
cuda::driver_calls emulated_driver(bool has_green_contexts);

/// Returns what runs the kernel of this name with these arguments, or nothing if there is no such kernel.
std::function<void()> kernel_on_host(const std::string& name, const CUlaunchConfig& shape, void** arguments);
[[nodiscard]] bool is_kernel(const std::string& name);

}  // namespace dunlin::testing
