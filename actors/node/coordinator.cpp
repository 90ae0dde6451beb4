// SPDX-License-Identifier: Apache-2.0
#include "actors/node/coordinator.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/node/asked_share.hpp"
#include "actors/node/bargain_calls.hpp"
#include "actors/node/device_door.hpp"
#include "actors/node/in_words.hpp"
#include "actors/node/tick_alarm.hpp"
#include "coordination/sharing/device_sharing.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

namespace {

struct coordinator_state {
  static inline const char* name = "coordinator";
  node_context_pointer node;
  std::size_t device = 0;
  device_capacity capacity;
  std::unique_ptr<device_sharing> sharing;
  device_effects out;
  std::unordered_map<std::uint64_t, fencing_token> holders;  ///< by agent
  std::uint64_t last_request = 0;
  tick_alarm next_tick;
  std::uint64_t alarms = 0;
  std::string alarm;
  std::string refusal;
  std::string quarantine;  ///< why nothing is granted any more; empty = something is
};

using coordinator_pointer = coordinator_handle::stateful_pointer<coordinator_state>;

class coordinator_shell {
 public:
  explicit coordinator_shell(coordinator_pointer self) : self_(self), state_(self->state) {}

  /// An agent that has the device already gave up waiting for it while the grant was on its way to it, and asks anew:
  /// that grant answers both.
  void ask(const share_ask& wish) {
    if (state_.holders.contains(wish.agent.value)) return;
    if (!state_.quarantine.empty()) return tell(lease_lost{wish.agent, broken(), {state_.device}});
    auto request = asked_share(*state_.node, state_.device, state_.capacity, wish);
    request.request = {++state_.last_request};
    if (auto taken = state_.sharing->request(request, now(), state_.out); !taken)
      tell(lease_lost{wish.agent, std::move(taken.error()), {state_.device}});
    perform();
  }

  void reserve(const share_reserve& wish) {
    const auto asked = asked_share(*state_.node, state_.device, state_.capacity, wish.asked);
    const auto at = now();
    share_reservation wanted{asked.holder, asked.wish, std::max(wish.from, at), wish.until};
    wanted.owner = "task " + to_string(wish.task);
    reservation_answer answer{asked.holder};
    if (!state_.quarantine.empty())
      answer.refused = broken();
    else if (wanted.from < wanted.until)  // else it is over before it was made
      if (auto kept = state_.sharing->reserve(wanted, at, state_.out); !kept) answer.refused = std::move(kept.error());
    tell(std::move(answer));
    perform();
  }

  // One that has ended is no longer to be handed over or ended: its task asks like any other, or has asked.
  void claim(const share_claim& what) {
    static_cast<void>(state_.sharing->hand_over(what.stand_in, what.agent, now(), state_.out));
    perform();
  }
  void unreserve(const share_unreserve& what) {
    static_cast<void>(state_.sharing->cancel_reservation(what.agent, now(), state_.out));
    perform();
  }

  void coordinate(const share_coordinate& wish) {
    const auto shared = share_as(wish.options);
    state_.refusal = shared ? std::string{} : in_words(shared.error());
  }

  result<void> share_as(const share_options& options) {
    if (auto sound = state_.sharing->check(options, now()); !sound) return sound;
    if (auto set = door().set(options, state_.capacity.compute_units); !set) return set;
    auto shared = state_.sharing->coordinate(options, now(), state_.out);
    perform();
    return shared;
  }

  /// Whoever gives up waiting may have been granted the device meanwhile: it returns that lease when it hears of it.
  void give_back(const share_return& what) {
    count_use(what.agent);
    const auto token = what.lease ? token_of(what.agent) : 0;
    if (what.lease) forget(what.agent);
    // A lease that ended meanwhile is what the agent wanted anyway.
    static_cast<void>(state_.sharing->release(what.agent, token, now(), state_.out));
    perform();
  }

  void used(const share_used& more) {
    const share_use use{.busy_ns = more.busy_ns, .launches = 1, .busy_is = exactness::exact};
    state_.sharing->on_used(more.agent, more.token, use);
  }

  /// The device takes no step of them any more, and whoever waits for a turn hears that its lease has ended.
  void quarantine(share_quarantine& what) {
    state_.quarantine = std::move(what.why);
    for (const auto& [agent, token] : std::exchange(state_.holders, {})) door().shut({agent}, token);
    auto asked = state_.sharing->leases().requests();
    std::ranges::reverse(asked);  // who waits leaves first, or it would be granted what the holders leave
    for (const auto& one : asked) state_.sharing->holder_lost(one.holder, now(), state_.out);
    perform();
  }

  // What a stranger says, or says too late, changes nothing: whoever is asked hears in the next call what counts.
  void hear(const share_bid& bid) {
    static_cast<void>(state_.sharing->on_bid(bid, now(), state_.out));
    perform();
  }
  void hear(const share_answer& answer) {
    static_cast<void>(state_.sharing->on_answer(answer, now(), state_.out));
    perform();
  }

  void gone(agent_id agent) {
    forget(agent);
    state_.sharing->holder_lost(agent, now(), state_.out);
    perform();
  }

  void tick() {
    state_.next_tick.on_tick();
    for (const auto& [agent, token] : state_.holders)  // an agent that is not gone still works under its lease
      static_cast<void>(state_.sharing->renew({agent}, token, now()));
    state_.sharing->tick(now(), state_.out);
    perform();
  }

  [[nodiscard]] device_load load() {
    for (const auto& [agent, token] : state_.holders) count_use({agent});
    check();
    look_at_enforcement();
    device_load out;
    out.id = {state_.device};
    out.busy_ns = state_.node->busy_ns[state_.device]->load(std::memory_order_relaxed);
    out.sharing = state_.sharing->view(now(), most_contracts_told);
    out.alarms = state_.alarms;
    out.alarm = state_.alarm;
    out.refusal = state_.refusal;
    return out;
  }

 private:
  [[nodiscard]] error broken() const {
    return error{errc::device_faulted, "the device is quarantined (" + state_.quarantine + ")"};
  }

  [[nodiscard]] time_point now() const { return state_.node->now(); }

  template <class Message>
  void tell(Message&& message) {
    self_->send(state_.node->dispatcher, std::forward<Message>(message));
  }

  [[nodiscard]] fencing_token token_of(agent_id agent) const {
    const auto at = state_.holders.find(agent.value);
    return at == state_.holders.end() ? 0 : at->second;
  }

  void look_at_enforcement() {
    auto how = device().properties().enforcement;
    const auto level = how == "hard" ? enforcement::hard : enforcement::advisory;
    state_.sharing->set_enforcement(level, level == enforcement::hard ? std::string{} : std::move(how));
  }

  /// Asks the device what the holder used meanwhile.
  void count_use(agent_id agent) {
    if (!state_.holders.contains(agent.value)) return;
    const auto used = door().take_use(agent);
    if (used == share_use{}) return;
    state_.sharing->on_used(agent, token_of(agent), used);
    *state_.node->busy_ns[state_.device] += used.busy_ns;
  }

  /// A contract that promises what is not there must not go unseen: the heartbeat carries it.
  void check() {
    auto wrong = state_.sharing->leases().conservation(now());
    if (wrong.empty()) return;
    ++state_.alarms;
    state_.alarm = std::move(wrong);
  }

  void forget(agent_id agent) {
    state_.holders.erase(agent.value);
    door().forget(agent);
  }

  [[nodiscard]] device_port& device() const { return *state_.node->devices[state_.device]; }

  [[nodiscard]] device_door door() const { return device_door{device()}; }

  void perform() {
    door().apply(state_.out.leases);
    for (auto& effect : state_.out.leases) std::visit([this](auto& one) { perform_one(one); }, effect);
    call_bidders();
    state_.out.clear();
    schedule();
  }

  void perform_one(share_granted& granted) {
    const auto& contract = granted.contract;
    state_.holders[contract.holder.value] = contract.token;
    tell(lease_granted{contract.holder, contract.device, contract.id, contract.token});
  }

  void perform_one(share_changed& changed) { state_.holders[changed.contract.holder.value] = changed.contract.token; }
  void perform_one(share_parked&) {}
  void perform_one(share_recalled&) {}  // the task that runs is short, or its lease ends after the grace

  void perform_one(share_revoked& revoked) {
    door().shut(revoked.holder, revoked.token);
    state_.holders.erase(revoked.holder.value);
    if (!state_.quarantine.empty()) return;  // whoever said that it is broken has told them
    tell(lease_lost{revoked.holder, std::move(revoked.why), {state_.device}, revoked.lease});
  }

  void perform_one(share_refused& refused) {
    tell(lease_lost{refused.holder, std::move(refused.why), {state_.device}});
  }

  void call_bidders() {
    if (state_.out.messages.empty()) return;
    const auto requests = state_.sharing->leases().requests();
    const auto asked = [&requests](agent_id agent) {
      const auto at = std::ranges::find(requests, agent, &share_request::holder);
      return at == requests.end() ? nullptr : &*at;
    };
    hand_on(state_.out.messages, {state_.device}, asked, [this](const bargain_request& call) { tell(call); });
  }

  void schedule() {
    const auto longest = state_.node->config.lease_ttl / 3;  // holders are renewed three times a lease
    if (const auto pause = state_.next_tick.set(state_.sharing->next_deadline(), now(), longest))
      self_->delayed_send(self_, *pause, tick_atom::value);
  }

  coordinator_pointer self_;
  coordinator_state& state_;
};

coordinator_handle::behavior_type coordinator(coordinator_pointer self, node_context_pointer node, std::size_t device) {
  auto& state = self->state;
  const auto properties = node->devices[device]->properties();
  arbiter_config config;
  config.capacity = {properties.id, properties.compute_units, properties.memory_bytes,
                     properties.enforcement == "hard" ? enforcement::hard : enforcement::advisory, enforcement::hard};
  config.terms.ttl = node->config.lease_ttl;
  // Between two tasks the dispatcher makes room; one task holds the device no longer than its timeout allows, and one
  // that waits is cancelled by whoever submitted it.
  config.terms.max_hold = config.terms.patience = longest_task;
  state.sharing = std::make_unique<device_sharing>(config);
  state.capacity = config.capacity;
  state.node = std::move(node);
  state.device = device;
  coordinator_shell shell{self};
  return {
      [=](const share_ask& wish) mutable { shell.ask(wish); },
      [=](const share_reserve& wish) mutable { shell.reserve(wish); },
      [=](const share_claim& what) mutable { shell.claim(what); },
      [=](const share_unreserve& what) mutable { shell.unreserve(what); },
      [=](const share_coordinate& wish) mutable { shell.coordinate(wish); },
      [=](const share_return& what) mutable { shell.give_back(what); },
      [=](share_quarantine& what) mutable { shell.quarantine(what); },
      [=](const share_used& more) mutable { shell.used(more); },
      [=](const share_bid& bid) mutable { shell.hear(bid); },
      [=](const share_answer& answer) mutable { shell.hear(answer); },
      [=](const agent_gone& agent) mutable { shell.gone(agent.id); },
      [=](const load_query& query) mutable { query.done(shell.load()); },
      [=](tick_atom) mutable { shell.tick(); },
  };
}

}  // namespace

coordinator_handle spawn_coordinator(caf::actor_system& system, node_context_pointer node, std::size_t device) {
  return system.spawn(coordinator, std::move(node), device);
}

}  // namespace dunlin
