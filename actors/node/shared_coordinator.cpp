// SPDX-License-Identifier: Apache-2.0
#include "actors/node/shared_coordinator.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/node/asked_share.hpp"
#include "actors/node/bargain_calls.hpp"
#include "actors/node/coordinator.hpp"
#include "actors/node/tick_alarm.hpp"
#include "coordination/sharing/shared_device/device_homes.hpp"
#include "coordination/sharing/shared_device/shared_device.hpp"

namespace dunlin {

namespace {

/// Of all nodes together, in the home's heartbeat.
constexpr std::size_t most_of_all = 4 * most_contracts_told;

/// A holder of this node's.
struct shared_holder {
  lease_id lease;
  fencing_token token = 0;
  bool announced = false;  ///< its agent has been told, or is about to be
};

struct shared_coordinator_state {
  static inline const char* name = "shared_coordinator";
  node_context_pointer node;
  std::size_t device = 0;
  device_capacity capacity;
  std::unique_ptr<shared_device> sharing;
  shared_effects out;
  std::unordered_map<agent_id, shared_holder> holders;
  std::uint64_t last_request = 0;
  tick_alarm next_tick;
  std::uint64_t alarms = 0;
  std::string alarm;
};

using shared_coordinator_pointer = shared_coordinator_handle::stateful_pointer<shared_coordinator_state>;

class shared_coordinator_shell {
 public:
  explicit shared_coordinator_shell(shared_coordinator_pointer self) : self_(self), state_(self->state) {}

  /// An agent that has the device already gave up waiting for it while the grant was on its way to it, and asks anew:
  /// that grant answers both.
  void ask(const share_ask& wish) {
    if (state_.holders.contains(wish.agent)) return;
    auto request = asked_share(*state_.node, state_.device, state_.capacity, wish);
    request.request = {++state_.last_request};
    request.wish.hold = {};  // a task of one piece begins in its turn, long after it was granted its share
    if (auto taken = sharer().ask(request, now()); !taken)
      tell(lease_lost{wish.agent, std::move(taken.error()), {state_.device}});
    advance();
  }

  /// Whoever gives up waiting may have been granted the device meanwhile: it returns that lease when it hears of it.
  void give_back(const share_return& what) {
    const auto held = state_.holders.find(what.agent);
    if (held != state_.holders.end() && held->second.announced && held->second.lease != what.lease) return;
    count_use(what.agent);
    forget(what.agent);
    advance();
  }

  /// A home's successor would not know of it.
  void refuse(const share_reserve& wish) {
    error why{errc::not_supported, "a device that several nodes work on keeps nothing free"};
    tell(reservation_answer{wish.asked.agent, std::move(why)});
  }

  void gone(agent_id agent) {
    forget(agent);
    advance();
  }

  void used(const share_used& more) {
    share_use use;
    use.busy_ns = more.busy_ns;
    use.launches = 1;
    use.busy_is = exactness::exact;
    sharer().on_used(more.agent, use);
  }

  void hear(const share_bid& bid) {
    sharer().bid(bid);
    advance();
  }
  void hear(const share_answer& answer) {
    sharer().answer(answer);
    advance();
  }
  void hear(const home_heard& said) {
    state_.sharing->on_notice(said.notice, said.sent, now());
    advance();
  }
  /// What somebody says who is not, or no longer, what it says to be, changes nothing.
  void hear(const sharing_heard& said) {
    static_cast<void>(state_.sharing->hear(said.from, said.message, now(), state_.out));
    advance();
  }

  void take_news() {
    const auto news = gate().take_news();
    for (const auto& turn : news.spent) sharer().on_spent(turn);
    for (const auto& [agent, at_work] : news.at_work) sharer().set_at_work(agent, at_work);
    for (const auto& [agent, lease] : news.begun) announce(agent, lease);
    if (!news.spent.empty() || !news.at_work.empty()) advance();
  }

  void tick() {
    state_.next_tick.on_tick();
    advance();
  }

  /// Also what other nodes see of it.
  void look_at_enforcement() {
    auto how = device().properties().enforcement;
    const bool is_kept = how.starts_with("cooperative");
    sharer().set_enforcement(is_kept ? enforcement::cooperative : enforcement::advisory,
                             is_kept ? std::string{} : std::move(how));
  }

  [[nodiscard]] device_load load() {
    for (const auto& [agent, held] : state_.holders) count_use(agent);
    device_load out;
    out.id = {state_.device};
    out.busy_ns = state_.node->busy_ns[state_.device]->load(std::memory_order_relaxed);
    out.epoch = sharer().epoch();
    look_at_enforcement();
    if (auto& home = state_.sharing->home()) look_at(*home, out);
    out.alarms = state_.alarms;
    out.alarm = state_.alarm;
    schedule();  // others may have to hear how units are kept to
    return out;
  }

 private:
  [[nodiscard]] time_point now() const { return state_.node->now(); }
  [[nodiscard]] device_sharer& sharer() const { return state_.sharing->sharer(); }
  [[nodiscard]] device_port& device() const { return *state_.node->devices[state_.device]; }
  [[nodiscard]] share_gate& gate() const { return *device().gate(); }

  template <class Message>
  void tell(Message&& message) {
    self_->send(state_.node->dispatcher, std::forward<Message>(message));
  }

  /// A contract that promises what is not there must not go unseen: the heartbeat carries it.
  void look_at(const device_home& home, device_load& out) {
    if (auto wrong = home.sharing().leases().conservation(now()); !wrong.empty()) {
      ++state_.alarms;
      state_.alarm = std::move(wrong);
    }
    out.sharing = home.sharing().view(now(), std::min(most_contracts_told * home.roster().all().size(), most_of_all));
    out.refusal = state_.sharing->refusal();
  }

  void count_use(agent_id agent) {
    if (!state_.holders.contains(agent)) return;
    const auto used = gate().take_use(agent);
    if (used == share_use{}) return;
    sharer().on_used(agent, used);
    *state_.node->busy_ns[state_.device] += used.busy_ns;
  }

  void forget(agent_id agent) {
    if (state_.holders.erase(agent) > 0) gate().remove(agent);
    sharer().give_back(agent);
  }

  void advance() {
    state_.sharing->advance(now(), state_.out);
    perform();
    schedule();
  }

  /// The device goes by what was decided before anybody hears of it.
  void perform() {
    auto out = std::exchange(state_.out, {});
    if (out.here.options) gate().set_terms(terms_of(*out.here.options));
    if (!out.here.leases.empty()) gate().apply(out.here.leases);
    if (!out.here.opened.empty() || !out.here.closed.empty() || out.here.valid_until)
      gate().permit(out.here.opened, out.here.closed, out.here.valid_until);
    for (auto& effect : out.here.leases) std::visit([this](auto& one) { perform_one(one); }, effect);
    hand_on(
        out.here.messages, {state_.device}, [this](agent_id agent) { return sharer().asked(agent); },
        [this](const bargain_request& call) { tell(call); });
    // What cannot be sent now is said again: the next message says all that there is.
    for (auto& letter : out.letters)
      static_cast<void>(state_.node->peers->send(letter.node, std::move(letter.message)));
  }

  /// Where a task is not done in steps, all of it is one.
  void perform_one(share_granted& granted) {
    const auto& contract = granted.contract;
    state_.holders[contract.holder] = {contract.id, contract.token};
    const auto* asked = sharer().asked(contract.holder);
    if (asked != nullptr && asked->in_steps) return announce(contract.holder, contract.id);
    if (auto waits = gate().begin_whole(contract.holder); !waits) {
      forget(contract.holder);
      tell(lease_lost{contract.holder, std::move(waits.error()), {state_.device}});
    }
  }

  void announce(agent_id agent, lease_id lease) {
    const auto held = state_.holders.find(agent);
    if (held == state_.holders.end() || held->second.lease != lease) return;
    held->second.announced = true;
    tell(lease_granted{agent, {state_.device}, lease, held->second.token});
  }

  void perform_one(share_changed& changed) {
    if (const auto held = state_.holders.find(changed.contract.holder); held != state_.holders.end())
      held->second.token = changed.contract.token;
  }
  void perform_one(share_parked&) {}
  void perform_one(share_recalled&) {}  // the task that runs is short, or its lease ends after the grace

  void perform_one(share_revoked& revoked) {
    device().fence(revoked.holder.value, revoked.token + 1);
    forget(revoked.holder);
    tell(lease_lost{revoked.holder, std::move(revoked.why), {state_.device}, revoked.lease});
  }

  void perform_one(share_refused& refused) {
    forget(refused.holder);
    tell(lease_lost{refused.holder, std::move(refused.why), {state_.device}});
  }

  void schedule() {
    if (const auto pause = state_.next_tick.set(state_.sharing->next_deadline(), now(), shared_timing::ttl / 4))
      self_->delayed_send(self_, *pause, tick_atom::value);
  }

  shared_coordinator_pointer self_;
  shared_coordinator_state& state_;
};

/// The home is asked for room as long as the task's own patience lasts: whoever submitted it cancels it.
shared_device_config config_of(const node_context& node, std::size_t device) {
  const auto properties = node.devices[device]->properties();
  shared_device_config out;
  out.here = {properties.shared_as, properties.id, shared_timing::ttl};
  out.own_life = node.config.life;
  out.home.device.capacity = {properties.id, properties.compute_units, properties.memory_bytes,
                              enforcement::cooperative, enforcement::hard};
  out.home.device.terms.max_hold = out.home.device.terms.patience = longest_task;
  out.home.shared.ttl = shared_timing::ttl;
  out.home.shared.grace = shared_timing::grace;
  return out;
}

shared_coordinator_handle::behavior_type shared_coordinator(shared_coordinator_pointer self, node_context_pointer node,
                                                            std::size_t device) {
  auto& state = self->state;
  const auto config = config_of(*node, device);
  state.capacity = config.home.device.capacity;
  state.sharing = std::make_unique<shared_device>(config);
  state.node = std::move(node);
  state.device = device;
  // A step may outlive this actor.
  const auto me = caf::actor_cast<caf::weak_actor_ptr>(self);
  state.node->devices[device]->gate()->need_permits([me] {
    if (const auto alive = caf::actor_cast<shared_coordinator_handle>(me)) caf::anon_send(alive, news_atom::value);
  });
  shared_coordinator_shell shell{self};
  shell.look_at_enforcement();
  return {
      [=](const share_ask& wish) mutable { shell.ask(wish); },
      [=](const share_reserve& wish) mutable { shell.refuse(wish); },
      [](const share_claim&) {},
      [](const share_unreserve&) {},
      [](const share_coordinate&) {},  // its home hears of orders from the leader
      [=](const share_return& what) mutable { shell.give_back(what); },
      [](const share_quarantine&) {},  // a processor does not break, and its dispatcher would ask no more
      [=](const share_used& more) mutable { shell.used(more); },
      [=](const share_bid& bid) mutable { shell.hear(bid); },
      [=](const share_answer& answer) mutable { shell.hear(answer); },
      [=](const agent_gone& agent) mutable { shell.gone(agent.id); },
      [=](const load_query& query) mutable { query.done(shell.load()); },
      [=](tick_atom) mutable { shell.tick(); },
      [=](const home_heard& said) mutable { shell.hear(said); },
      [=](const sharing_heard& said) mutable { shell.hear(said); },
      [=](news_atom) mutable { shell.take_news(); },
  };
}

}  // namespace

shared_coordinator_handle spawn_shared_coordinator(caf::actor_system& system, node_context_pointer node,
                                                   std::size_t device) {
  return system.spawn(shared_coordinator, std::move(node), device);
}

}  // namespace dunlin
