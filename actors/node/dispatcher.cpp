// SPDX-License-Identifier: Apache-2.0
#include "actors/node/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "actors/node/agent_roster.hpp"
#include "actors/node/in_words.hpp"
#include "actors/node/own_report.hpp"
#include "actors/node/progress_slot.hpp"
#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

/// As many messages are taken before their effects are performed, even if more are waiting.
constexpr std::size_t longest_batch = 1'024;

share_ask ask_of(ask_lease&& ask) {
  return {ask.agent, ask.priority, ask.wish, ask.cpu_milli, ask.host_bytes, ask.in_steps, std::move(ask.boosts)};
}

struct dispatcher_state {
  static inline const char* name = "dispatcher";
  node_context_pointer node;
  std::unique_ptr<node_dispatch> decisions;
  node_effects out;
  agent_roster agents;
  std::vector<agent_finished> finished;  ///< reused
  std::vector<start_task> orders;        ///< for `orders_for`
  crew_handle orders_for;
  std::size_t taken = 0;  ///< messages since the last flush
  time_point at{};        ///< of the first of them
  bool ticking = false;
  bool leader_is_up = false;
  bool report_due = false;
  bool was_draining = false;
};

using dispatcher_pointer = dispatcher_handle::stateful_pointer<dispatcher_state>;

class dispatcher_shell {
 public:
  explicit dispatcher_shell(dispatcher_pointer self) : self_(self), state_(self->state) {}

  [[nodiscard]] node_dispatch& decisions() const { return *state_.decisions; }
  /// Read once for all messages of a batch.
  [[nodiscard]] time_point now() const {
    if (state_.taken == 0) state_.at = state_.node->now();
    return state_.at;
  }
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
    for (auto& action : out()) {
      if (!std::holds_alternative<start_task>(action)) send_orders();
      std::visit([this](auto& one) { perform(one); }, action);
    }
    send_orders();
    out().clear();
    if (decisions().draining() && !std::exchange(state_.was_draining, true)) state_.report_due = true;
    // After the outcomes: what a report does not list as held has ended or never came.
    if (state_.leader_is_up && std::exchange(state_.report_due, false))
      state_.node->leader->say(own_report(*state_.node, state_.agents, decisions()));
    keep_ticking();
  }

  void finish(agent_finished& one) {
    decisions().on_finished(one.agent, std::move(one.outcome), now(), out(), one.by_device);
    decided();
  }

  /// Takes what has ended since the last look.
  void collect() {
    state_.node->finished.take(state_.finished);
    for (auto& one : state_.finished) finish(one);
    state_.finished.clear();
  }

  void tick() {
    state_.ticking = false;
    decisions().on_tick(now(), out());
    flush();
  }

  void add(crew_up& up) {
    std::vector<agent_id> ids(std::exchange(up.its_class.instances, 1));
    for (auto& id : ids) id = decisions().on_agent_up(up.its_class);
    state_.agents.add(up.crew, up.its_class, ids);
    self_->send(up.crew, crew_enrolled{ids});
    for (const auto id : ids) self_->send(state_.node->router, agent_listed{id, up.its_class.kind, up.crew});
    if (up.enrolled) up.enrolled(ids.front());
    state_.report_due = true;
  }

  void remove(const crew_down& down) {
    for (const auto id : state_.agents.take_crew(down.crew)) {
      forget(id);
      decisions().on_agent_down(id, down.why, now(), out());
    }
  }

  void hear(const reservation_answer& answer) {
    if (answer.refused.code == errc::none)
      decisions().on_reserved(answer.stand_in);
    else
      decisions().on_reservation_refused(answer.stand_in, answer.refused);
  }

  void bargain(const bargain_request& request) {
    if (const auto& crew = state_.agents.crew_of(request.agent)) self_->send(crew, request);
  }

  void leader_up() {
    state_.leader_is_up = true;
    state_.report_due = true;
    decisions().on_leader_up(out());
    flush();
  }

 private:
  void forget(agent_id id) {
    state_.agents.remove(id);
    self_->send(state_.node->router, agent_gone{id});
    for (const auto& coordinator : state_.node->coordinators) self_->send(coordinator, agent_gone{id});
    state_.report_due = true;
  }

  void keep_ticking() {
    if (!decisions().needs_clock() || std::exchange(state_.ticking, true)) return;
    self_->delayed_send(self_, state_.node->config.tick, tick_atom::value);
  }

  /// What neighbours in the list of actions start in one crew travels together.
  void perform(start_task& start) {
    const auto& crew = state_.agents.crew_of(start.agent);
    if (!crew) return;
    if (crew != state_.orders_for) {
      send_orders();
      state_.orders_for = crew;
    }
    state_.orders.push_back(std::move(start));
  }

  void send_orders() {
    if (!state_.orders.empty()) self_->send(state_.orders_for, order_batch{std::exchange(state_.orders, {})});
    state_.orders_for = nullptr;
  }

  void perform(stop_task& stop) {
    if (const auto& crew = state_.agents.crew_of(stop.agent)) self_->send(crew, stop);
  }
  void perform(ask_lease& ask) {
    const auto device = ask.device;
    self_->send(coordinator(device), ask_of(std::move(ask)));
  }
  void perform(return_lease& back) { self_->send(coordinator(back.device), share_return{back.agent, back.lease}); }
  void perform(reserve_share& wish) {
    const auto device = wish.ask.device;
    self_->send(coordinator(device), share_reserve{ask_of(std::move(wish.ask)), wish.task, wish.from, wish.until});
  }
  void perform(claim_reservation& claim) {
    self_->send(coordinator(claim.device), share_claim{claim.stand_in, claim.agent});
  }
  void perform(end_reservation& end) { self_->send(coordinator(end.device), share_unreserve{end.agent}); }
  void perform(quarantine_device& broken) {
    self_->send(coordinator(broken.device), share_quarantine{std::move(broken.why)});
    state_.report_due = true;
  }
  void perform(tell_leader& said) {
    std::visit([this](auto& message) { state_.node->leader->say(std::move(message)); }, said.message);
  }
  void perform(drained&) { state_.node->events->on_drained(); }
  void perform(restart_node& restart) { state_.node->events->on_broken(std::move(restart.why)); }

  /// The queue of the agent is closed on every device; its actor ends and the supervisor starts another one. Whoever
  /// is of the same crew ends with it.
  void perform(abandon_agent& lost) {
    for (const auto& device : state_.node->devices) device->abandon(lost.agent.value);
    const auto crew = state_.agents.crew_of(lost.agent);  // a copy: `forget` drops the other one
    if (!crew) return;
    if (state_.agents.part(lost.agent))
      self_->send(self_, crew_down{crew, "another agent of its crew ignored a cancel"});
    forget(lost.agent);
    self_->send_exit(crew, caf::exit_reason::kill);
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
        shell.decisions().on_grants(std::move(batch), shell.now(), shell.out(), self->state.node->wall());
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
      [=](const priority_order& order) mutable {
        shell.decisions().on_priority(order);
        shell.decided();
      },
      [=](crew_up& up) mutable {
        shell.add(up);
        shell.decided();
      },
      [=](const crew_down& down) mutable {
        shell.remove(down);
        shell.decided();
      },
      [=](agent_finished& finished) mutable { shell.finish(finished); },
      [=](collect_atom) mutable { shell.collect(); },
      [=](const device_broke& said) mutable {
        shell.decisions().on_device_broke(said.device, in_words(said.why), shell.now(), shell.out());
        shell.decided();
      },
      [=](agent_progress& said) mutable {
        shell.decisions().on_progress(said.agent, {said.task.id, said.task.epoch, said.slot->take(shell.now())});
        shell.decided();
      },
      [=](const agent_awaits_group& news) mutable {
        shell.decisions().on_awaits_group(news.agent, news.task, news.waits);
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
        shell.decisions().on_lease_lost(lost.agent, lost.device, lost.lease, lost.why, shell.now(), shell.out());
        shell.decided();
      },
      [=](const reservation_answer& answer) mutable {
        shell.hear(answer);
        shell.decided();
      },
      [=](const bargain_request& request) mutable { shell.bargain(request); },
      [=](leader_is_up) mutable { shell.leader_up(); },
      [=](const dispatch_query& query) mutable { query.read(shell.decisions()); },
      [=](const drain_order& order) mutable {
        shell.decisions().on_drain(shell.now(), shell.out(), order.patience);
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
