// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/orchestrator.hpp"

#include <chrono>
#include <unordered_map>
#include <utility>

#include "actors/swarm/commit_queue.hpp"
#include "actors/swarm/pending_answers.hpp"
#include "actors/swarm/process_is_gone.hpp"

namespace dunlin {

namespace {

/// As many messages are taken before what they led to is stored and performed, even if more are waiting.
constexpr std::size_t longest_batch = 1'024;

/// So many writes fit into a core's cache until they are stored.
constexpr std::size_t most_writes = 1'024;

constexpr std::uint32_t most_looks = 10;
constexpr duration look_again = 50ms;

struct orchestrator_state {
  static inline const char* name = "orchestrator";
  orchestrator_parts parts;
  std::unique_ptr<commit_queue> commits;
  pending_answers answers;
  std::unordered_map<std::uint64_t, end_listener> listeners;
  leader_effects out;
  std::size_t taken = 0;  ///< messages since the last flush
  instant at;             ///< of the first of them
};

using orchestrator_pointer = orchestrator_handle::stateful_pointer<orchestrator_state>;

/// The actor's body: what its handlers share.
class orchestrator_shell {
 public:
  explicit orchestrator_shell(orchestrator_pointer self) : self_(self), state_(self->state) {}

  /// Read once for all messages of a batch: two clocks cost as much as placing a task.
  [[nodiscard]] instant now() const {
    if (state_.taken == 0) state_.at = state_.parts.now();
    return state_.at;
  }
  [[nodiscard]] orchestration& decisions() const { return *state_.parts.decisions; }
  [[nodiscard]] leader_effects& out() const { return state_.out; }

  /// Something was decided: perform it when the mailbox is drained, or now if it has been long enough.
  void decided() {
    if (state_.taken++ == 0) self_->send(self_, flush_atom::value);
    if (state_.taken >= longest_batch || out().commit.writes.size() >= most_writes) flush();
  }

  void flush() {
    state_.taken = 0;
    decisions().flush(now(), out());
    for (auto& action : out().now) perform(std::move(action));
    state_.commits->push(std::move(out().commit), std::move(out().after_commit));
    out().clear();
    settle();
  }

  /// Performs what the store has acknowledged.
  void settle() {
    while (auto next = state_.commits->take()) {
      if (!next->outcome)
        roll_back(*next);
      else
        for (auto& action : next->actions) perform(std::move(action));
      next->actions.clear();  // its memory serves the next flush
      if (out().after_commit.capacity() == 0) out().after_commit = std::move(next->actions);
    }
  }

  void tick() {
    const auto at = now();
    self_->delayed_send(self_, state_.parts.tick, tick_atom::value);
    decisions().on_tick(at, out());
    flush();
  }

  /// Links are loopback only, so the node's process is on this machine. One that was killed closes its connections a
  /// moment before it is gone, so it is looked at again.
  void lose(node_disconnected& gone) {
    const auto pid = decisions().pid_of(gone.node);
    const bool reaped = pid != 0 && process_is_gone(pid);
    if (gone.look == 0 || reaped) decisions().on_disconnected(gone.node, reaped, gone.why, now(), out());
    if (!reaped && pid != 0 && ++gone.look < most_looks) self_->delayed_send(self_, look_again, gone);
  }

 private:
  void perform(leader_action&& action) {
    std::visit([this](auto&& one) { perform_one(std::forward<decltype(one)>(one)); }, std::move(action));
  }

  void perform_one(tell_node&& say) { state_.parts.nodes->tell(say.node, std::move(say.message)); }
  void perform_one(cut_node&& cut) { state_.parts.nodes->cut(cut.node, cut.why); }
  void perform_one(peer_lost&& news) { state_.parts.nodes->tell_all(news); }
  void perform_one(answer_submit&& said) { state_.answers.answer(said.request, std::move(said.answer)); }
  void perform_one(answer_task&& said) { state_.answers.answer(said.request, std::move(said.answer)); }
  void perform_one(answer_count&& said) { state_.answers.answer(said.request, std::move(said.answer)); }
  void perform_one(log_event&& event) {
    if (state_.parts.log) state_.parts.log(std::move(event.text));
  }
  void perform_one(notify_ended&& news) {
    if (const auto at = state_.listeners.find(news.listener); at != state_.listeners.end())
      at->second(std::move(news.outcomes));
  }

  /// The store refused: the decisions return to what is stored, and whoever waits is told why.
  void roll_back(commit_queue::settled& refused) {
    const auto& why = refused.outcome.error();
    for (auto& action : refused.actions) refuse(action, why);
    if (state_.parts.log) state_.parts.log("a transaction was refused: " + to_string(why));
    if (why.code == errc::stale_term) return give_up("another leader has taken over", why);
    auto stored = read_again(refused.touched);
    if (!stored) return give_up("the task store cannot be read", stored.error());
    decisions().on_commit_failed(refused.actions, refused.touched, std::move(*stored), now());
  }

  /// A task is forgotten only if the store says that it has none. Errors: those of the store.
  [[nodiscard]] result<std::vector<task_record>> read_again(const std::vector<task_id>& ids) const {
    std::vector<task_record> stored;
    for (const auto& id : ids) {
      auto record = state_.parts.store->find(id);
      if (record)
        stored.push_back(std::move(*record));
      else if (record.error().code != errc::not_found)
        return fail(std::move(record.error()));
    }
    return stored;
  }

  /// Nothing is acknowledged that is not stored, so a leader that ends loses nothing; the next one reads the store.
  void give_up(std::string what, const error& why) {
    if (state_.parts.on_end) state_.parts.on_end(std::move(what) + ": " + to_string(why));
  }

  void refuse(const leader_action& action, const error& why) {
    if (const auto* submit = std::get_if<answer_submit>(&action)) state_.answers.refuse(submit->request, why);
    if (const auto* task = std::get_if<answer_task>(&action)) state_.answers.refuse(task->request, why);
    if (const auto* count = std::get_if<answer_count>(&action)) state_.answers.refuse(count->request, why);
  }

  orchestrator_pointer self_;
  orchestrator_state& state_;
};

/// One message of a node, by its type.
struct hear_node {
  orchestration& decisions;
  incarnation node;
  instant at;
  leader_effects& out;

  void operator()(node_report&& said) const { decisions.on_report(std::move(said), at, out); }
  void operator()(heartbeat&& said) const { decisions.on_heartbeat(node, said, at, out); }
  void operator()(start_batch&& said) const { decisions.on_starts(node, said, at, out); }
  void operator()(outcome_batch&& said) const { decisions.on_outcomes(node, std::move(said), at, out); }
  void operator()(progress_batch&& said) const { decisions.on_progress(node, said, at, out); }
  void operator()(checkpoint_batch&& said) const { decisions.on_checkpoints(node, std::move(said), at, out); }
  void operator()(lease_renewal&& said) const { decisions.on_renewal(node, said, at, out); }
  void operator()(return_batch&& said) const { decisions.on_returned(node, said, at, out); }
  void operator()(node_leaving&& said) const { decisions.on_leaving(node, said, at, out); }
};

orchestrator_handle::behavior_type orchestrator(orchestrator_pointer self,
                                                const std::shared_ptr<orchestrator_parts>& parts) {
  auto& state = self->state;
  state.parts = std::move(*parts);
  const auto me = caf::actor_cast<orchestrator_handle>(self);
  state.commits = std::make_unique<commit_queue>(
      state.parts.store, [me](result<void> outcome) { caf::anon_send(me, commit_done{std::move(outcome)}); });
  orchestrator_shell shell{self};
  self->send(self, tick_atom::value);
  return {
      [=](submit_command& command) mutable {
        const auto request = self->state.answers.add(std::move(command.done));
        shell.decisions().on_submit(request, std::move(command.batch), command.listener, shell.now(), shell.out());
        shell.decided();
      },
      [=](add_listener& added) { self->state.listeners[added.listener] = std::move(added.call); },
      [=](task_command& command) mutable {
        const auto request = self->state.answers.add(std::move(command.done));
        if (command.verb == task_verb::cancel)
          shell.decisions().on_cancel(request, command.id, shell.now(), shell.out());
        else if (auto stored = self->state.parts.store->find(command.id))
          shell.decisions().on_requeue(request, std::move(*stored), shell.now(), shell.out());
        else
          self->state.answers.refuse(request, stored.error());
        shell.decided();
      },
      [=](erase_command& command) mutable {
        const auto request = self->state.answers.add(std::move(command.done));
        shell.decisions().on_erase(request, command.ids, shell.out());
        shell.decided();
      },
      [=](coordinate_command& command) mutable {
        const auto request = self->state.answers.add(std::move(command.done));
        shell.decisions().on_coordinate(request, command.node, command.order, shell.out());
        shell.decided();
      },
      [=](drain_command& command) mutable {
        const auto request = self->state.answers.add(std::move(command.done));
        shell.decisions().on_drain(request, command.node, shell.now(), shell.out());
        shell.decided();
      },
      [=](leader_query& query) { query.read(shell.decisions(), shell.now()); },
      [=](said_by_node& said) mutable {
        std::visit(hear_node{shell.decisions(), said.node, shell.now(), shell.out()}, std::move(said.message));
        shell.decided();
      },
      [=](node_disconnected& gone) mutable {
        shell.lose(gone);
        shell.decided();
      },
      [=](commit_done& done) mutable {
        self->state.commits->acknowledge(std::move(done.outcome));
        shell.settle();
      },
      [=](flush_atom) mutable {
        if (self->state.taken > 0) shell.flush();
      },
      [=](tick_atom) mutable { shell.tick(); },
  };
}

}  // namespace

orchestrator_handle spawn_orchestrator(caf::actor_system& system, orchestrator_parts parts) {
  return system.spawn(orchestrator, std::make_shared<orchestrator_parts>(std::move(parts)));
}

}  // namespace dunlin
