// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// One member's part of some work.
struct team_part {
  std::uint32_t index = 0;
  std::uint32_t of = 1;

  struct range {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
  };
  /// Returns its share of `count` items in multiples of `grain`; the last part has what is left over.
  [[nodiscard]] range share_of(std::uint64_t count, std::uint64_t grain) const noexcept {
    const auto grains = count / grain;
    const auto from = grains * index / of * grain;
    const auto to = index + 1 == of ? count : grains * (index + 1) / of * grain;
    return {from, to};
  }
};

/// Threads that work on one thing together, each tied to a core: the processor's slots that a lease has. What the
/// others work is charged to the calling thread's step. Thread: one at a time, which works as the first member.
class DUNLIN_EXPORT core_team {
 public:
  /// The calling thread and one more for each core but the first. No core = the calling thread alone; it is not tied.
  explicit core_team(const std::vector<std::uint32_t>& cores);
  ~core_team();
  core_team(const core_team&) = delete;
  core_team& operator=(const core_team&) = delete;

  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(threads_.size()) + 1; }

  /// Has every member do its part; returns when all are done. `work` throws nothing.
  void run(const std::function<void(team_part)>& work) noexcept;
  /// The same, but the calling thread does all of it if there are fewer than `enough` items.
  void run(std::uint64_t items, std::uint64_t enough, const std::function<void(team_part)>& work) noexcept {
    if (items < enough || threads_.empty()) return work({});
    run(work);
  }

 private:
  struct alignas(64) member_time {
    std::uint64_t busy_ns = 0;
  };

  void serve(std::uint32_t index) noexcept;

  std::vector<std::thread> threads_;
  std::vector<member_time> times_;  ///< of the threads, in this round
  const std::function<void(team_part)>* work_ = nullptr;
  std::atomic<std::uint32_t> round_{0};  ///< rises with every work
  std::atomic<std::uint32_t> left_{0};   ///< members at work, without the calling thread
  std::atomic<bool> stops_{false};
};

}  // namespace dunlin
