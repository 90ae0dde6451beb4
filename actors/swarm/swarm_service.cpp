// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/swarm_service.hpp"

#include <utility>

namespace dunlin {

namespace {

/// A list whose asker has gone is made all the same, so clients that give up and ask again must not pile them up.
constexpr std::uint32_t most_lists = 64;

/// Calls `done` once: with an answer, or, if it is dropped unanswered because the leader is gone, with an error.
template <class T>
class answer_once {
 public:
  explicit answer_once(completion<T> done) : done_(std::move(done)) {}
  ~answer_once() {
    if (done_) done_(fail(errc::shutting_down, "the leader is stopping"));
  }
  answer_once(const answer_once&) = delete;
  answer_once& operator=(const answer_once&) = delete;
  void operator()(result<T> answer) { std::exchange(done_, nullptr)(std::move(answer)); }

 private:
  completion<T> done_;
};

template <class T>
completion<T> at_least_once(completion<T> done) {
  return [once = std::make_shared<answer_once<T>>(std::move(done))](result<T> answer) { (*once)(std::move(answer)); };
}

std::string missing(const orchestration& leader) {
  for (const auto& node : leader.nodes())
    if (node.state == "alive") return {};
  return "no node is alive";
}

}  // namespace

swarm_service::swarm_service(caf::actor_system& system, orchestrator_handle leader, std::shared_ptr<store_port> store,
                             std::function<void()> shut_down)
    : leader_(std::move(leader)),
      store_(std::move(store)),
      lister_(spawn_store_lister(system, store_)),
      shut_down_(std::move(shut_down)) {}

swarm_service::~swarm_service() { caf::anon_send_exit(lister_, caf::exit_reason::user_shutdown); }

template <class T, class Read>
void swarm_service::ask(completion<T> done, Read read) {
  caf::anon_send(leader_, leader_query{[done = at_least_once(std::move(done)), read = std::move(read)](
                                           const orchestration& leader, instant at) { done(read(leader, at)); }});
}

void swarm_service::submit(std::vector<task_spec> batch, completion<std::vector<submit_answer>> done) {
  caf::anon_send(leader_, submit_command{std::move(batch), 0, at_least_once(std::move(done))});
}

void swarm_service::find(task_id id, completion<task_record> done) { done(store_->find(id)); }

void swarm_service::list(task_filter filter, completion<std::vector<task_record>> done) {
  if (listing_->fetch_add(1) >= most_lists) {
    listing_->fetch_sub(1);
    return done(fail(errc::overloaded, std::to_string(most_lists) + " lists of tasks are under way", "try again soon"));
  }
  auto counted = [listing = listing_, done = std::move(done)](result<std::vector<task_record>> answer) {
    listing->fetch_sub(1);
    done(std::move(answer));
  };
  caf::anon_send(lister_, list_query{std::move(filter), at_least_once<std::vector<task_record>>(std::move(counted))});
}

void swarm_service::events(task_id id, std::uint64_t after, std::uint32_t limit,
                           completion<std::vector<task_event>> done) {
  done(store_->events(id, after, limit));
}

void swarm_service::cancel(task_id id, completion<task_record> done) {
  auto answer = [store = store_, done = at_least_once(std::move(done))](result<task_id> cancelled) {
    done(cancelled ? store->find(*cancelled) : fail(std::move(cancelled.error())));
  };
  caf::anon_send(leader_, task_command{task_verb::cancel, id, std::move(answer)});
}

void swarm_service::erase(std::vector<task_id> ids, completion<std::uint64_t> done) {
  caf::anon_send(leader_, erase_command{std::move(ids), at_least_once(std::move(done))});
}

void swarm_service::explain(task_id id, completion<task_explanation> done) {
  ask(std::move(done), [id](const orchestration& leader, instant) -> result<task_explanation> {
    if (!leader.tasks().find(id))
      return fail(errc::not_found, "no task " + to_string(id), "`dunlin task list` shows those that are kept");
    return leader.explain(id);
  });
}

void swarm_service::nodes(completion<std::vector<node_view>> done) {
  ask(std::move(done),
      [](const orchestration& leader, instant) -> result<std::vector<node_view>> { return leader.nodes(); });
}

void swarm_service::agents(completion<std::vector<agent_view>> done) {
  ask(std::move(done),
      [](const orchestration& leader, instant) -> result<std::vector<agent_view>> { return leader.agents(); });
}

void swarm_service::devices(completion<std::vector<device_view>> done) {
  ask(std::move(done),
      [](const orchestration& leader, instant) -> result<std::vector<device_view>> { return leader.devices(); });
}

void swarm_service::locks(completion<std::vector<lock_view>> done) {
  ask(std::move(done),
      [](const orchestration& leader, instant at) -> result<std::vector<lock_view>> { return leader.locks(at.now); });
}

void swarm_service::metrics(completion<metric_snapshot> done) {
  ask(std::move(done),
      [](const orchestration& leader, instant) -> result<metric_snapshot> { return leader.metrics(); });
}

void swarm_service::readiness(completion<std::string> done) {
  ask(std::move(done), [](const orchestration& leader, instant) -> result<std::string> { return missing(leader); });
}

void swarm_service::coordinate(std::string node, coordinate_order order, completion<void> done) {
  auto answer = [done = at_least_once(std::move(done))](result<std::uint64_t> told) {
    done(told ? result<void>{} : result<void>{fail(std::move(told.error()))});
  };
  caf::anon_send(leader_, coordinate_command{std::move(node), std::move(order), std::move(answer)});
}

void swarm_service::drain(std::string node, completion<void> done) {
  auto answer = [done = at_least_once(std::move(done))](result<std::uint64_t> drained) {
    done(drained ? result<void>{} : result<void>{fail(std::move(drained.error()))});
  };
  caf::anon_send(leader_, drain_command{std::move(node), std::move(answer)});
}

void swarm_service::shut_down(completion<void> done) {
  done({});
  shut_down_();
}

}  // namespace dunlin
