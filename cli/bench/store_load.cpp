// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/store_load.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

#include "store/sqlite_store.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t payload_bytes = 200;
constexpr wall_ms submitted_at = 1'700'000'000'000;

/// A task as the flight submits them, with a payload of its own.
task_record record_of(const task_id& id, std::uint64_t number) {
  task_record out;
  out.id = id;
  out.spec.name = "task-" + std::to_string(number);
  out.spec.shape.kind = "bench";
  out.spec.shape.capabilities = {"cpu"};
  out.spec.payload.assign(payload_bytes, static_cast<std::byte>(number));
  out.submitted = submitted_at;
  return out;
}

task_write grant_of(const task_id& id) {
  update_task out{id, transition::grant, submitted_at + 1, {}};
  out.status.state = task_state::leased;
  out.status.attempt = 1;
  out.status.epoch = make_epoch(1, 1);
  out.status.owner = "node-1";
  out.status.owner_incarnation = incarnation{0x1234'5678'9abc'def0};
  return out;
}

task_write result_of(const task_id& id, std::uint64_t number) {
  auto write = grant_of(id);
  auto& out = std::get<update_task>(write);
  out.what = transition::succeed;
  out.status.state = task_state::succeeded;
  out.status.finished = submitted_at + 2;
  out.status.output.assign(32, static_cast<std::byte>(number));
  return write;
}

/// Drives one run. The caller's thread commits; the store's thread answers.
class run {
 public:
  explicit run(const store_load& load)
      : load_(load), refill_at_(std::max<std::uint64_t>(1, load.window / 2)), stages_(load.tasks) {
    task_id_source ids{7};
    for (std::uint64_t i = 0; i < load.tasks; ++i)
      ids_.push_back(ids.next(submitted_at + static_cast<wall_ms>(i / 100)));
    for (std::uint64_t i = 0; i < load.tasks; i += load.together) prepare(i);
  }

  result<store_pace> measure() {
    auto store = sqlite_store::open({.path = load_.path});
    if (!store) return fail(std::move(store.error()));
    const auto groups_before = (*store)->groups();
    const auto from = clock_type::now();
    drive(**store);
    const std::chrono::duration<double> took = clock_type::now() - from;
    if (failure_.code != errc::none) return fail(std::move(failure_));
    if (auto right = check(**store); !right) return fail(std::move(right.error()));
    const auto writes = static_cast<double>(load_.tasks * load_.commits);
    return store_pace{static_cast<double>(load_.tasks) / took.count(),
                      writes / static_cast<double>((*store)->groups() - groups_before)};
  }

 private:
  /// What is submitted is built before the clock starts, as it is on the other side.
  void prepare(std::uint64_t first) {
    auto& added = submits_.emplace_back();
    for (auto i = first; i < std::min(first + load_.together, load_.tasks); ++i)
      added.writes.emplace_back(insert_task{record_of(ids_[i], i)});
  }

  void drive(store_port& store) {
    std::vector<std::uint64_t> due;
    while (wait(due)) {
      for (const auto index : due) push(store, index, next_change(index));
      while (const auto room = begin_some()) {
        const auto first = begun_ - room;
        for (auto index = first; index < begun_; ++index) push(store, index, std::move(submits_[index]));
      }
    }
  }

  transaction next_change(std::uint64_t index) {
    transaction out;
    out.writes.push_back(stages_[index] == 1 ? grant_of(ids_[index]) : result_of(ids_[index], index));
    return out;
  }

  void push(store_port& store, std::uint64_t index, transaction&& what) {
    store.commit(std::move(what), [this, index](result<void> outcome) { answer(index, std::move(outcome)); });
  }

  /// On the store's thread.
  void answer(std::uint64_t index, result<void>&& outcome) {
    const std::lock_guard lock{mutex_};
    if (!outcome) failure_ = std::move(outcome.error());
    if (++stages_[index] < load_.commits) {
      due_.push_back(index);
    } else {
      --under_way_;
      ++ended_;
    }
    if (is_time()) wake_.notify_one();
  }

  /// The client wakes when half of its window is free: a mailbox, too, fills while its actor sleeps.
  [[nodiscard]] bool is_time() const {
    if (failure_.code != errc::none || ended_ == submits_.size()) return true;
    const bool has_work = begun_ < submits_.size() || !due_.empty();
    return has_work && (load_.window - under_way_ + due_.size() >= refill_at_ || due_.size() == under_way_);
  }

  /// Takes the tasks whose next commit is due; false when all have ended or one has failed.
  bool wait(std::vector<std::uint64_t>& due) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return is_time(); });
    due.clear();
    due.swap(due_);
    return failure_.code == errc::none && ended_ < submits_.size();
  }

  /// Returns how many more may begin, which they have with that.
  std::uint64_t begin_some() {
    const std::lock_guard lock{mutex_};
    const auto count = std::min(load_.window - under_way_, submits_.size() - begun_);
    under_way_ += count;
    begun_ += count;
    return count;
  }

  result<void> check(store_port& store) {
    std::uint64_t found = 0;
    std::uint64_t wrong = 0;
    auto visited = store.visit_all([&](task_record&& record) {
      if (found >= load_.tasks) return void(++found);
      auto expected = record_of(ids_[found], found);
      if (load_.commits == 3) expected.status = std::get<update_task>(result_of(ids_[found], found)).status;
      wrong += record == expected ? 0 : 1;
      ++found;
    });
    if (!visited) return visited;
    if (found == load_.tasks && wrong == 0) return {};
    return fail(errc::internal, std::to_string(found) + " of " + std::to_string(load_.tasks) + " tasks are stored, " +
                                    std::to_string(wrong) + " of them wrongly");
  }

  store_load load_;
  std::uint64_t refill_at_;
  std::vector<task_id> ids_;
  std::vector<transaction> submits_;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable wake_;
  std::vector<std::uint32_t> stages_;  ///< by task: commits answered
  std::vector<std::uint64_t> due_;
  std::uint64_t under_way_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  error failure_{errc::none};
};

}  // namespace

result<store_pace> run_store_load(const store_load& load) {
  remove_database(load.path);
  return run{load}.measure();
}

void remove_database(const std::string& path) {
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) std::remove((path + suffix).c_str());
}

}  // namespace dunlin::bench
