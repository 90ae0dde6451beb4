// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_service.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dunlin::test {

fake_service::fake_service(answers how) : how_(how) {
  if (how_ == answers::from_a_thread) thread_ = std::thread([this] { work_loop(); });
}

fake_service::~fake_service() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
    held_ = false;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void fake_service::work_loop() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [&] { return over_ || (!held_ && !work_.empty()); });
    if (work_.empty()) return;
    auto next = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    next();
    next = nullptr;
    lock.lock();
  }
}

void fake_service::deliver(std::function<void()> work) {
  if (how_ == answers::inline_answers) return work();
  const std::lock_guard lock{mutex_};
  work_.push_back(std::move(work));
  changed_.notify_all();
}

template <class T>
void fake_service::answer(completion<T> done, result<T> outcome) {
  if (auto why = std::exchange(failure_, std::nullopt)) outcome = fail(std::move(*why));
  deliver([done = std::move(done), outcome = std::move(outcome)]() mutable { done(std::move(outcome)); });
}

void fake_service::fail_next(error why) { failure_ = std::move(why); }

void fake_service::hold() {
  const std::lock_guard lock{mutex_};
  held_ = true;
}

void fake_service::release() {
  const std::lock_guard lock{mutex_};
  held_ = false;
  changed_.notify_all();
}

bool fake_service::wait_for_held(std::size_t count) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{5}, [&] { return work_.size() >= count; });
}

task_id fake_service::insert(task_spec spec) {
  task_record task;
  task.id = {1'000'000, next_id_++};
  task.spec = std::move(spec);
  record_event(task, transition::submit, 0);
  const auto id = task.id;
  tasks_.emplace(id, std::move(task));
  return id;
}

void fake_service::record_event(const task_record& task, transition what, wall_ms at) {
  task_event event;
  event.id = task.id;
  event.sequence = events_.size() + 1;
  event.at = at;
  event.what = what;
  event.state = task.status.state;
  event.attempt = task.status.attempt;
  events_.push_back(std::move(event));
}

result<task_record*> fake_service::locate(task_id id) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return fail(errc::not_found, "there is no task " + to_string(id));
  return &found->second;
}

task_id fake_service::put(const std::string& name) {
  const std::lock_guard lock{mutex_};
  task_spec spec;
  spec.name = name;
  spec.shape.kind = "echo";
  return insert(std::move(spec));
}

void fake_service::change(task_id id, const std::function<void(task_record&)>& edit) {
  const std::lock_guard lock{mutex_};
  edit(tasks_.at(id));
}

void fake_service::advance(task_id id, transition what, task_state state, wall_ms at) {
  const std::lock_guard lock{mutex_};
  auto& task = tasks_.at(id);
  task.status.state = state;
  if (is_terminal(state)) task.status.finished = at;
  record_event(task, what, at);
}

void fake_service::set_progress(task_id id, task_progress progress) {
  change(id, [&](task_record& task) { task.progress = std::move(progress); });
}

void fake_service::submit(std::vector<task_spec> batch, completion<std::vector<submit_answer>> done) {
  std::vector<submit_answer> answers;
  std::unique_lock lock{mutex_};
  for (auto& spec : failure_ ? std::vector<task_spec>{} : batch) {
    submitted.push_back(spec);
    const auto known = keys_.find(spec.idempotency_key);
    if (!spec.idempotency_key.empty() && known != keys_.end()) {
      answers.push_back({known->second, true});
      continue;
    }
    const auto key = spec.idempotency_key;
    answers.push_back({insert(std::move(spec)), false});
    if (!key.empty()) keys_.emplace(key, answers.back().id);
  }
  lock.unlock();
  answer<std::vector<submit_answer>>(std::move(done), std::move(answers));
}

void fake_service::find(task_id id, completion<task_record> done) {
  std::unique_lock lock{mutex_};
  auto outcome = locate(id).map([](task_record* task) { return *task; });
  lock.unlock();
  answer<task_record>(std::move(done), std::move(outcome));
}

void fake_service::list(task_filter filter, completion<std::vector<task_record>> done) {
  std::vector<task_record> out;
  std::unique_lock lock{mutex_};
  for (auto at = tasks_.upper_bound(filter.after); at != tasks_.end() && out.size() < filter.limit; ++at) {
    const auto& task = at->second;
    const auto& wanted = filter.states;
    if (!wanted.empty() && std::ranges::find(wanted, task.status.state) == wanted.end()) continue;
    if (!filter.kind.empty() && task.spec.shape.kind != filter.kind) continue;
    if (!filter.name.empty() && task.spec.name != filter.name) continue;
    const bool ended = is_terminal(task.status.state) && task.status.finished < filter.finished_before;
    if (filter.finished_before != 0 && !ended) continue;
    out.push_back(task);
    out.back().spec.payload.clear();
    out.back().status.output.clear();
  }
  lock.unlock();
  answer<std::vector<task_record>>(std::move(done), std::move(out));
}

void fake_service::events(task_id id, std::uint64_t after, std::uint32_t limit,
                          completion<std::vector<task_event>> done) {
  std::vector<task_event> out;
  std::unique_lock lock{mutex_};
  for (const auto& event : events_)
    if (event.id == id && event.sequence > after && out.size() < limit) out.push_back(event);
  lock.unlock();
  answer<std::vector<task_event>>(std::move(done), std::move(out));
}

void fake_service::cancel(task_id id, completion<task_record> done) {
  std::unique_lock lock{mutex_};
  auto outcome = locate(id).and_then([&](task_record* task) -> result<task_record> {
    if (is_terminal(task->status.state)) return fail(errc::conflict, "the task has ended");
    task->status.cancel_requested = true;
    if (task->status.state != task_state::running) {
      task->status.state = task_state::cancelled;
      record_event(*task, transition::cancel, 0);
    }
    return *task;
  });
  lock.unlock();
  answer<task_record>(std::move(done), std::move(outcome));
}

void fake_service::erase(std::vector<task_id> ids, completion<std::uint64_t> done) {
  result<std::uint64_t> outcome = std::uint64_t{0};
  std::unique_lock lock{mutex_};
  for (const auto& id : ids) {
    const auto found = locate(id);
    if (!found && ids.size() == 1) outcome = fail(found.error());
    if (!found) continue;
    if (is_terminal((*found)->status.state)) {
      tasks_.erase(id);
      ++*outcome;
    } else if (ids.size() == 1) {
      outcome = fail(errc::conflict, "the task still runs", "cancel it first");
    }
  }
  lock.unlock();
  answer<std::uint64_t>(std::move(done), std::move(outcome));
}

void fake_service::explain(task_id id, completion<task_explanation> done) {
  std::unique_lock lock{mutex_};
  auto outcome = locate(id).map([](task_record* task) {
    return task_explanation{task->id,     task->status.state,      "it waits for capacity",
                            "add a node", {{"n1", false, "full"}}, {}};
  });
  lock.unlock();
  answer<task_explanation>(std::move(done), std::move(outcome));
}

void fake_service::nodes(completion<std::vector<node_view>> done) {
  answer<std::vector<node_view>>(std::move(done), node_list);
}
void fake_service::agents(completion<std::vector<agent_view>> done) {
  answer<std::vector<agent_view>>(std::move(done), agent_list);
}
void fake_service::devices(completion<std::vector<device_view>> done) {
  answer<std::vector<device_view>>(std::move(done), device_list);
}
void fake_service::locks(completion<std::vector<lock_view>> done) {
  answer<std::vector<lock_view>>(std::move(done), lock_list);
}
void fake_service::metrics(completion<metric_snapshot> done) { answer<metric_snapshot>(std::move(done), snapshot); }
void fake_service::readiness(completion<std::string> done) { answer<std::string>(std::move(done), missing); }

void fake_service::coordinate(std::string node, coordinate_order order, completion<void> done) {
  const bool known = std::ranges::find(node_list, node, &node_view::name) != node_list.end();
  if (known) coordinated.emplace_back(node, std::move(order));
  answer<void>(std::move(done), known ? result<void>{} : fail(errc::not_found, "there is no node " + node));
}

void fake_service::drain(std::string node, completion<void> done) {
  const bool known = std::ranges::find(node_list, node, &node_view::name) != node_list.end();
  if (known) drained.push_back(node);
  answer<void>(std::move(done), known ? result<void>{} : fail(errc::not_found, "there is no node " + node));
}

void fake_service::shut_down(completion<void> done) {
  stopped = true;
  answer<void>(std::move(done), {});
}

}  // namespace dunlin::test
