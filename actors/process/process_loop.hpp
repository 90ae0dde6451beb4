// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/process/child_process.hpp"
#include "actors/process/process_host.hpp"

namespace dunlin {

/// The thread behind a host. `submit` may be called from anywhere, the rest runs on the thread.
class process_host::loop {
 public:
  explicit loop(process_host_options options);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Errors: io_failed.
  result<void> open();

  /// An order from the loop's own thread, or one that must `always` come through, is not refused for want of room.
  result<void> submit(std::function<void()> order, bool always = false);
  result<child_id> reserve();
  void unreserve() noexcept { children_.fetch_sub(1); }

  void start(child_id id, child_options options, child_events events);
  child_process* find(child_id id);
  void refresh(child_id id);

 private:
  struct entry {
    std::unique_ptr<child_process> process;
    child_events events;
    bool writing = false;  // waits for room in the channel
  };

  void run();
  bool run_orders();
  void wait_and_read();
  void on_event(std::uint64_t tag, std::uint32_t events);
  void watch(child_id id, const child_process& process);
  void tick();
  void collect();
  void end(entry one);
  void shut_down();
  [[nodiscard]] int timeout_ms();

  process_host_options options_;
  descriptor poll_;
  descriptor bell_;
  std::mutex mutex_;
  std::vector<std::function<void()>> orders_;
  bool stopping_ = false;  // asked to; guarded by the mutex
  bool ending_ = false;    // doing so
  std::atomic<std::uint32_t> children_{0};
  std::atomic<std::uint64_t> last_id_{0};
  std::map<std::uint64_t, entry> entries_;
  std::thread thread_;
};

}  // namespace dunlin
