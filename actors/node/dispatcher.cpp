// SPDX-License-Identifier: Apache-2.0
#include "actors/node/dispatcher.hpp"

#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/node/progress_slot.hpp"
#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

/// As many messages are taken before their effects are performed, even if more are waiting.
constexpr std::size_t longest_batch = 1'024;

struct enrolled_agent {
  agent_id id;
  agent_handle actor;  ///< null = it is gone
  std::size_t its_class = 0;
};

struct dispatcher_state {
  static inline const char* name = "dispatcher";
  node_context_pointer node;
  std::unique_ptr<node_dispatch> decisions;
  node_effects out;
  std::vector<enrolled_agent> agents;               ///< by worker slot
  std::unordered_map<caf::actor_id, agent_id> ids;  ///< by actor
  std::vector<agent_class> classes;                 ///< with how many there are
  std::size_t taken = 0;                            ///< messages since the last flush
  bool ticking = false;
  bool leader_is_up = false;
  bool report_due = false;
};

using dispatcher_pointer = dispatcher_handle::stateful_pointer<dispatcher_state>;

class dispatcher_shell {
 public:
  explicit dispatcher_shell(dispatcher_pointer self) : self_(self), state_(self->state) {}

  [[nodiscard]] node_dispatch& decisions() const { return *state_.decisions; }
  [[nodiscard]] time_point now() const { return state_.node->now(); }
  [[nodiscard]] node_effects& out() const { return state_.out; }

  /// Something happened: perform what it leads to when the mailbox is drained, or now if it has been long enough.
  void decided() {
    if (state_.taken++ == 0) self_->send(self_, flush_atom::value);
    if (state_.taken >= longest_batch) flush();
  }

  void flush() {
    state_.taken = 0;
    decisions().flush(now(), out());
    // Performing never decides: it only sends.
    for (auto& action : out()) std::visit([this](auto& one) { perform(one); }, action);
    out().clear();
    // After the outcomes: what a report does not list as held has ended or never came.
    if (state_.leader_is_up && std::exchange(state_.report_due, false)) report();
    keep_ticking();
  }

  void tick() {
    state_.ticking = false;
    decisions().on_tick(now(), out());
    flush();
  }

  void add(agent_up& up) {
    const auto id = decisions().on_agent_up(up.its_class);
    const auto slot = agent_row::worker_of(id);
    if (slot >= state_.agents.size()) state_.agents.resize(slot + 1);
    state_.agents[slot] = {id, up.agent, count(up.its_class)};
    state_.ids[up.agent.id()] = id;
    self_->send(up.agent, agent_enrolled{id});
    self_->send(state_.node->router, agent_listed{id, up.its_class.kind, up.agent});
    if (up.enrolled) up.enrolled(id);
    state_.report_due = true;
  }

  void remove(const agent_down& down) {
    const auto known = state_.ids.find(down.agent.id());
    if (known == state_.ids.end()) return;
    const auto id = known->second;
    state_.ids.erase(known);
    forget(id);
    decisions().on_agent_down(id, down.why, now(), out());
  }

  void leader_up() {
    state_.leader_is_up = true;
    state_.report_due = true;
    decisions().on_leader_up(out());
    flush();
  }

 private:
  std::size_t count(const agent_class& its_class) {
    const auto same = [&](const agent_class& known) {
      return known.kind == its_class.kind && known.capabilities == its_class.capabilities &&
             known.isolation == its_class.isolation;
    };
    const auto at = std::ranges::find_if(state_.classes, same);
    if (at == state_.classes.end()) {
      state_.classes.push_back(its_class);
      state_.classes.back().instances = 1;
      return state_.classes.size() - 1;
    }
    ++at->instances;
    return static_cast<std::size_t>(at - state_.classes.begin());
  }

  void forget(agent_id id) {
    auto& gone = state_.agents[agent_row::worker_of(id)];
    --state_.classes[gone.its_class].instances;
    gone.actor = nullptr;
    self_->send(state_.node->router, agent_gone{id});
    for (const auto& coordinator : state_.node->coordinators) self_->send(coordinator, agent_gone{id});
    state_.report_due = true;
  }

  void report() {
    const auto& node = *state_.node;
    node_report out;
    out.node = node.config.name;
    out.life = node.config.life;
    out.agents = state_.classes;  // also a class whose agents are being replaced just now
    for (const auto& device : node.devices) {
      auto facts = device->properties();
      out.devices.push_back({facts.id, std::move(facts.kind), std::move(facts.name), facts.compute_units,
                             facts.memory_bytes, std::move(facts.enforcement)});
    }
    out.max_concurrent = node.config.dispatch.max_concurrent;
    out.max_queued = node.config.max_queued;
    out.held = decisions().held();
    out.draining = decisions().draining();
    out.pid = static_cast<std::uint64_t>(::getpid());
    out.http = node.config.http;
    node.leader->say(std::move(out));
  }

  /// Deadlines and leases need a clock only while there is work.
  void keep_ticking() {
    const bool work = decisions().running() + decisions().queued() > 0;
    if (!work || std::exchange(state_.ticking, true)) return;
    self_->delayed_send(self_, state_.node->config.tick, tick_atom::value);
  }

  /// Null if it is gone, even if another one has its slot by now.
  [[nodiscard]] agent_handle agent(agent_id id) const {
    const auto& row = state_.agents[agent_row::worker_of(id)];
    return row.id == id ? row.actor : agent_handle{};
  }

  template <class Message>
  void tell(agent_id id, Message&& message) {
    if (const auto actor = agent(id)) self_->send(actor, std::forward<Message>(message));
  }

  void perform(start_task& start) { tell(start.agent, std::move(start.order)); }
  void perform(stop_task& stop) { tell(stop.agent, stop); }
  void perform(ask_lease& ask) { self_->send(coordinator(ask.device), share_ask{ask.agent, ask.priority}); }
  void perform(return_lease& back) { self_->send(coordinator(back.device), share_return{back.agent, back.lease}); }
  void perform(tell_leader& said) {
    std::visit([this](auto& message) { state_.node->leader->say(std::move(message)); }, said.message);
  }
  void perform(drained&) { state_.node->events->on_drained(); }
  void perform(restart_node& restart) { state_.node->events->on_broken(std::move(restart.why)); }

  /// The queue of the agent is closed on every device; its actor ends and the supervisor starts another one.
  void perform(abandon_agent& lost) {
    for (const auto& device : state_.node->devices) device->abandon(lost.agent.value);
    const auto actor = agent(lost.agent);
    if (!actor) return;
    state_.ids.erase(actor.id());
    forget(lost.agent);
    self_->send_exit(actor, caf::exit_reason::kill);
  }

  [[nodiscard]] const coordinator_handle& coordinator(device_id device) const {
    return state_.node->coordinators.at(device.value);  // no grant for another device gets this far
  }

  dispatcher_pointer self_;
  dispatcher_state& state_;
};

dispatcher_handle::behavior_type dispatcher(dispatcher_pointer self, const node_context_pointer& node) {
  self->state.decisions = std::make_unique<node_dispatch>(node->config.dispatch);
  self->state.node = node;
  dispatcher_shell shell{self};
  return {
      [=](grant_batch& batch) mutable {
        shell.decisions().on_grants(std::move(batch), shell.now());
        shell.decided();
      },
      [=](const receipt_batch& batch) mutable { shell.decisions().on_receipts(batch); },
      [=](const lease_renewed& answer) mutable {
        shell.decisions().on_renewed(answer, shell.now(), shell.out());
        shell.decided();
      },
      [=](const cancel_order& order) mutable {
        shell.decisions().on_cancel(order, shell.now(), shell.out());
        shell.decided();
      },
      [=](agent_up& up) mutable {
        shell.add(up);
        shell.decided();
      },
      [=](const agent_down& down) mutable {
        shell.remove(down);
        shell.decided();
      },
      [=](agent_finished& finished) mutable {
        shell.decisions().on_finished(finished.agent, std::move(finished.outcome), shell.now(), shell.out());
        shell.decided();
      },
      [=](agent_progress& said) mutable {
        shell.decisions().on_progress(said.agent, {said.task.id, said.task.epoch, said.slot->take(shell.now())});
        shell.decided();
      },
      [=](agent_saved& saved) mutable {
        shell.decisions().on_checkpoint(saved.agent, std::move(saved.item));
        shell.decided();
      },
      [=](const lease_granted& lease) mutable {
        shell.decisions().on_lease_granted(lease.agent, lease.device, lease.lease, lease.token, shell.now(),
                                           shell.out());
        shell.decided();
      },
      [=](const lease_lost& lost) mutable {
        shell.decisions().on_lease_lost(lost.agent, lost.why, shell.now(), shell.out());
        shell.decided();
      },
      [=](leader_is_up) mutable { shell.leader_up(); },
      [=](const dispatch_query& query) mutable { query.read(shell.decisions()); },
      [=](drain_atom) mutable {
        shell.decisions().on_drain(shell.now(), shell.out());
        self->state.report_due = true;
        shell.decided();
      },
      [=](flush_atom) mutable {
        if (self->state.taken > 0) shell.flush();
      },
      [=](tick_atom) mutable { shell.tick(); },
  };
}

}  // namespace

dispatcher_handle spawn_dispatcher(caf::actor_system& system, node_context_pointer node) {
  return system.spawn(dispatcher, std::move(node));
}

}  // namespace dunlin
