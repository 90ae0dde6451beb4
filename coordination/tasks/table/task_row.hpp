// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coordination/tasks/shape_table.hpp"
#include "coordination/tasks/task_record.hpp"
#include "coordination/tasks/task_slot.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// The index of no row.
inline constexpr std::uint32_t no_row = ~std::uint32_t{0};

/// Bytes in place if they are few, else in one heap block, without a vector's spare pointers.
class payload_block {
 public:
  payload_block() = default;
  explicit payload_block(bytes_view raw) : size_(static_cast<std::uint32_t>(raw.size())) {
    if (size_ > few_.size()) many_ = std::make_unique_for_overwrite<std::byte[]>(size_);
    std::ranges::copy(raw, many_ ? many_.get() : few_.data());
  }

  [[nodiscard]] bytes_view view() const noexcept { return {many_ ? many_.get() : few_.data(), size_}; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<std::byte[]> many_;
  std::uint32_t size_ = 0;
  std::array<std::byte, 20> few_{};
};

/// What few tasks have: most rows do without it.
struct row_extras {
  std::string name;
  std::string key;                 ///< idempotency key
  std::uint64_t key_content = 0;   ///< hash of what was submitted with the key
  std::vector<task_boost> boosts;  ///< from the submission on
  std::vector<task_id> dependencies;
  std::vector<task_slot> dependents;  ///< tasks that wait for this one; entries may be outdated
  std::string why;
  task_usage usage;
  task_progress progress;
  bytes checkpoint;  ///< what the handler saved last
  std::vector<std::string> locks;
};

/// Which clock a row runs on.
enum class row_clock : std::uint8_t { none, lease, wake, ended };

/// One task in memory. Ended tasks keep the row alone, and their key.
struct task_row {
  task_id id;  ///< zero: the row is free
  fencing_token epoch = 0;
  wall_ms submitted = 0;
  wall_ms not_before = 0;
  wall_ms deadline = 0;
  wall_ms started = 0;
  wall_ms finished = 0;
  time_point due;           ///< of `clock`
  time_point deadline_due;  ///< monotonic; set if `deadline` is
  std::unique_ptr<row_extras> extras;
  payload_block payload;
  shape_id shape = 0;
  std::uint32_t owner = 0;
  std::uint32_t attempt = 0;
  std::uint32_t counter = 0;  ///< of the newest epoch in this term, also if its grant was taken back
  std::uint32_t fail_count = 0;
  std::uint32_t crash_count = 0;
  std::uint32_t waits_for = 0;  ///< unfinished dependencies
  std::uint32_t generation = 0;
  std::uint32_t previous = no_row;  ///< in the list of its clock
  std::uint32_t next = no_row;      ///< in the list of its clock, or of free rows
  task_state state = task_state::pending;
  pending_reason reason = pending_reason::none;
  errc code = errc::none;
  std::uint8_t priority = 5;
  std::uint8_t variant = 0;  ///< of its shape, chosen by the newest grant; 0 after a restart
  row_clock clock = row_clock::none;
  bool cancel_requested : 1 = false;
  bool has_deadline_timer : 1 = false;
  bool awaits_adoption : 1 = false;

  [[nodiscard]] bool granted() const noexcept { return state == task_state::leased || state == task_state::running; }
  [[nodiscard]] bool waiting() const noexcept { return state == task_state::pending && waits_for > 0; }
  [[nodiscard]] bool ready() const noexcept {
    return state == task_state::pending && waits_for == 0 && clock == row_clock::none;
  }
  row_extras& more() {
    if (!extras) extras = std::make_unique<row_extras>();
    return *extras;
  }
};

/// Returns the boosts that are in force, with what is left of them.
inline std::vector<task_boost> boosts_of(const task_row& row, wall_ms wall) {
  return row.extras ? left_of(row.extras->boosts, milliseconds{wall - row.submitted}) : std::vector<task_boost>{};
}

/// Returns the priority in force.
inline std::uint8_t priority_of(const task_row& row, wall_ms wall) {
  if (!row.extras || row.extras->boosts.empty()) return row.priority;
  return raised(row.priority, begun(boosts_of(row, wall), time_point{}), time_point{});
}

}  // namespace dunlin
