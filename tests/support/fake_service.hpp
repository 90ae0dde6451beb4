// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "coordination/ports.hpp"

namespace dunlin::test {

/// A small swarm in memory: tasks in a map, nothing runs by itself. Answers come from a thread of its own, as a real
/// swarm's do, or before the call returns (`inline_answers`).
class fake_service final : public service {
 public:
  enum class answers { from_a_thread, inline_answers };
  explicit fake_service(answers how = answers::from_a_thread);
  ~fake_service() override;

  // -- the script

  /// The next call fails with `why`.
  void fail_next(error why);

  /// Answers pile up until `release`.
  void hold();
  void release();

  /// Waits until `count` answers are held; false after 5 s.
  bool wait_for_held(std::size_t count);

  /// Puts a task of kind `echo` in, as T1 would. Returns its id.
  task_id put(const std::string& name = {});
  void advance(task_id id, transition what, task_state state, wall_ms at = 0);
  void set_progress(task_id id, task_progress progress);
  void change(task_id id, const std::function<void(task_record&)>& edit);

  // -- what a test sets before and reads after, under no lock: set while no call is under way

  std::vector<node_view> node_list;
  std::vector<agent_view> agent_list;
  std::vector<device_view> device_list;
  std::vector<lock_view> lock_list;
  metric_snapshot snapshot;
  std::string missing;
  std::vector<std::string> drained;
  std::vector<std::pair<std::string, coordinate_order>> coordinated;
  bool stopped = false;
  std::vector<task_spec> submitted;

  // -- service

  void submit(std::vector<task_spec> batch, completion<std::vector<submit_answer>> done) override;
  void find(task_id id, completion<task_record> done) override;
  void list(task_filter filter, completion<std::vector<task_record>> done) override;
  void events(task_id id, std::uint64_t after, std::uint32_t limit, completion<std::vector<task_event>> done) override;
  void cancel(task_id id, completion<task_record> done) override;
  void erase(std::vector<task_id> ids, completion<std::uint64_t> done) override;
  void explain(task_id id, completion<task_explanation> done) override;
  void nodes(completion<std::vector<node_view>> done) override;
  void agents(completion<std::vector<agent_view>> done) override;
  void devices(completion<std::vector<device_view>> done) override;
  void locks(completion<std::vector<lock_view>> done) override;
  void metrics(completion<metric_snapshot> done) override;
  void readiness(completion<std::string> done) override;
  void coordinate(std::string node, coordinate_order order, completion<void> done) override;
  void drain(std::string node, completion<void> done) override;
  void shut_down(completion<void> done) override;

 private:
  template <class T>
  void answer(completion<T> done, result<T> outcome);
  void deliver(std::function<void()> work);
  void work_loop();
  task_id insert(task_spec spec);
  void record_event(const task_record& task, transition what, wall_ms at);
  result<task_record*> locate(task_id id);

  const answers how_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  bool held_ = false;
  bool over_ = false;
  std::optional<error> failure_;
  std::map<task_id, task_record> tasks_;
  std::vector<task_event> events_;
  std::map<std::string, task_id> keys_;
  std::uint64_t next_id_ = 1;
  std::thread thread_;
};

}  // namespace dunlin::test
