// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace dunlin::flight::maze {

/// A fixed number of threads that run the parts of one piece of work together, again and again: the
/// caller's thread and `size - 1` of the team's own, which sleep in between.
/// Thread: one at a time.
class team {
 public:
  /// Makes a team of `size` (at least 1) threads; 1 starts none.
  explicit team(unsigned size);
  ~team();
  team(const team&) = delete;
  team& operator=(const team&) = delete;

  unsigned size() const noexcept { return static_cast<unsigned>(helpers_.size()) + 1; }

  /// Calls `body(part)` for each part in [0, size), each on its own thread, and returns when all have.
  /// What the caller wrote before is visible to the parts, and their writes to the caller afterwards.
  /// `body` must not throw.
  template <class Body>
  void run(Body body) {
    work_ = {&body, [](void* what, unsigned part) { (*static_cast<Body*>(what))(part); }};
    run_parts();
  }

 private:
  struct work {
    void* body = nullptr;
    void (*call)(void* body, unsigned part) = nullptr;
  };

  void run_parts();
  void help(unsigned part);

  work work_;
  std::atomic<std::uint32_t> round_{0};  ///< rises with each piece of work
  std::atomic<std::uint32_t> busy_{0};   ///< helpers that have not finished this round
  std::atomic<bool> over_{false};
  std::vector<std::jthread> helpers_;
};

}  // namespace dunlin::flight::maze
