// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda/emulated_gpu.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace dunlin::testing {

namespace {

std::atomic<emulated_gpu*> the_gpu{nullptr};
/// Values that a host thread writes are looked at again so often.
constexpr std::chrono::microseconds look_again{50};

}  // namespace

emulated_gpu& emulated_gpu::current() { return *the_gpu.load(); }

emulated_gpu::emulated_gpu(emulated_gpu_options o) : options(o), calls_(emulated_driver(o.has_green_contexts)) {
  the_gpu = this;
  engine_ = std::thread{[this] { work(); }};
}

emulated_gpu::~emulated_gpu() {
  // A thread that was given up gives back what it has a little later.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (counts() != emulated_counts{} && std::chrono::steady_clock::now() < patience) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, look_again);
  }
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  engine_.join();
  EXPECT_EQ(counts(), emulated_counts{}) << "something of the GPU was not given back: " << streams.size()
                                         << " streams, " << events.size() << " events, " << greens.size()
                                         << " green contexts, " << memory.size() << " pieces of memory, "
                                         << pinned.size() << " of pinned memory";
  the_gpu = nullptr;
}

emulated_counts emulated_gpu::counts() const {
  const std::lock_guard lock{mutex_};
  emulated_counts out;
  for (const auto& one : streams) out.streams += one->destroyed ? 0 : 1;
  out.events = events.size();
  out.green_contexts = greens.size();
  for (const auto& [device, count] : primaries) out.primary_contexts += count;
  for (const auto& [handle, bytes] : memory) out.memory_bytes += bytes;
  for (const auto& [place, bytes] : pinned) out.pinned_bytes += bytes;
  return out;
}

void emulated_gpu::fail_next(const std::string& call, CUresult code) {
  const std::lock_guard lock{mutex_};
  failing_[call] = code;
}

void emulated_gpu::fault_next_kernel(CUresult code) {
  const std::lock_guard lock{mutex_};
  fault_of_next = code;
}

void emulated_gpu::pause() {
  const std::lock_guard lock{mutex_};
  paused_ = true;
}

void emulated_gpu::go_on() {
  {
    const std::lock_guard lock{mutex_};
    paused_ = false;
  }
  changed_.notify_all();
}

std::vector<std::pair<std::string, unsigned int>> emulated_gpu::kernels_run() const {
  const std::lock_guard lock{mutex_};
  return ran;
}

std::size_t emulated_gpu::calls(const std::string& name) const {
  const std::lock_guard lock{mutex_};
  const auto found = made_.find(name);
  return found == made_.end() ? 0 : found->second;
}

CUresult emulated_gpu::begin_call(const char* name) {
  ++made_[name];
  if (const auto found = failing_.find(name); found != failing_.end()) {
    const auto code = found->second;
    failing_.erase(found);
    return code;
  }
  return fault;
}

void emulated_gpu::enqueue(stream& on, operation what) {
  if (on.captures)
    on.captured.push_back(std::move(what));
  else
    on.waiting.push_back(std::move(what));
  changed_.notify_all();
}

CUresult emulated_gpu::wait_until(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done) {
  while (!done() && fault == CUDA_SUCCESS) changed_.wait_for(lock, look_again);
  return fault;
}

void emulated_gpu::work() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (!paused_ && run_one(lock)) continue;
    changed_.wait_for(lock, look_again);
  }
}

/// Runs the first operation of a stream that may go on; the streams take turns.
bool emulated_gpu::run_one(std::unique_lock<std::mutex>& lock) {
  bool ran_any = false;
  for (auto at = streams.begin(); at != streams.end();) {
    auto& one = **at;
    if (one.waiting.empty() && one.destroyed) {
      at = streams.erase(at);
      continue;
    }
    ++at;
    if (one.waiting.empty() || (one.waiting.front().is_ready && !one.waiting.front().is_ready())) continue;
    const auto what = std::move(one.waiting.front().run);
    one.waiting.pop_front();
    one.runs = true;
    lock.unlock();
    what();
    lock.lock();
    one.runs = false;
    changed_.notify_all();
    ran_any = true;
    break;  // others may have come or gone meanwhile
  }
  return ran_any;
}

}  // namespace dunlin::testing
