// SPDX-License-Identifier: Apache-2.0
// A specification in few words, and a store that replays what was written.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

inline constexpr wall_ms noon = 1'700'000'000'000;

inline bytes bytes_of(std::string_view text) {
  const auto raw = as_bytes(text);
  return {raw.begin(), raw.end()};
}

/// A specification, built in few words: `work("a").after({"b"}).retries(2)`. Without more it is of kind `work`, has
/// priority 5 and is not tried again.
class work {
 public:
  explicit work(std::string name = {}) {
    spec_.name = std::move(name);
    spec_.shape.kind = "work";
    spec_.shape.retry.max_retries = 0;
  }
  work& kind(std::string name) {
    return with([&](task_spec& spec) { spec.shape.kind = std::move(name); });
  }
  work& after(std::vector<std::string> names) {
    return with([&](auto& spec) { spec.depends_on = std::move(names); });
  }
  work& after(const task_id& id) { return after({to_string(id)}); }
  work& priority(int value) {
    return with([&](auto& spec) { spec.priority = static_cast<std::uint8_t>(value); });
  }
  work& locks(std::vector<std::string> names) {
    return with([&](auto& spec) { spec.locks = std::move(names); });
  }
  work& key(std::string value) {
    return with([&](auto& spec) { spec.idempotency_key = std::move(value); });
  }
  work& payload(std::string_view text) {
    return with([&](auto& spec) { spec.payload = bytes_of(text); });
  }
  work& deadline(wall_ms when) {
    return with([&](auto& spec) { spec.deadline = when; });
  }
  work& not_before(wall_ms when) {
    return with([&](auto& spec) { spec.not_before = when; });
  }
  work& timeout(milliseconds limit) {
    return with([&](auto& spec) { spec.shape.timeout = limit; });
  }
  work& retries(std::uint32_t most, milliseconds delay = milliseconds{1'000}) {
    return with([&](auto& spec) { spec.shape.retry = {most, delay, true, milliseconds{60'000}}; });
  }
  template <class Edit>
  work& with(Edit edit) {
    edit(spec_);
    return *this;
  }
  operator task_spec() const { return spec_; }  // a test hands the words over as the specification they stand for

 private:
  task_spec spec_;
};

inline task_id id_of(const insert_task& write) { return write.record->id; }
inline task_id id_of(const auto& write) { return write.id; }

/// The tasks that a transaction writes, unique and in order, as a store names them when it refuses.
inline std::vector<task_id> touched_by(const transaction& commit) {
  std::set<task_id> ids;
  for (const auto& write : commit.writes) ids.insert(std::visit([](const auto& one) { return id_of(one); }, write));
  return {ids.begin(), ids.end()};
}

/// What a store would hold: every write, replayed in order.
class kept_tasks {
 public:
  void apply(const transaction& done) {
    for (const auto& write : done.writes) std::visit([this](const auto& one) { apply_one(one); }, write);
  }

  [[nodiscard]] bool holds(const task_id& id) const { return records_.contains(id); }
  [[nodiscard]] const task_record& at(const task_id& id) const { return records_.at(id); }
  [[nodiscard]] const task_status& status(const task_id& id) const { return at(id).status; }
  /// Returns the records of those that are held.
  [[nodiscard]] std::vector<task_record> those_of(const std::vector<task_id>& ids) const {
    std::vector<task_record> found;
    for (const auto& id : ids)
      if (holds(id)) found.push_back(at(id));
    return found;
  }
  [[nodiscard]] const std::map<task_id, task_record>& all() const noexcept { return records_; }

  /// The transitions of a task, in order: `submit grant start succeed`.
  [[nodiscard]] std::string history(const task_id& id) const {
    const auto found = histories_.find(id);
    return found == histories_.end() ? std::string{} : found->second;
  }

 private:
  void apply_one(const insert_task& write) {
    EXPECT_TRUE(records_.emplace(write.record->id, *write.record).second) << "inserted twice";
    histories_[write.record->id] = "submit";
  }
  void apply_one(const update_task& write) {
    records_.at(write.id).status = write.status;
    histories_.at(write.id).append(" ").append(to_string(write.what));
  }
  void apply_one(const update_progress& write) { records_.at(write.id).progress = write.progress; }
  void apply_one(const update_checkpoint& write) { records_.at(write.id).checkpoint = write.state; }
  void apply_one(const erase_task& write) { EXPECT_EQ(records_.erase(write.id), 1U) << "erased twice"; }

  std::map<task_id, task_record> records_;
  std::map<task_id, std::string> histories_;
};

}  // namespace dunlin
