// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/exclusive.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/wait_queue.hpp"

namespace dunlin {

namespace {

std::string milliseconds_text(duration time) {
  return std::to_string(std::chrono::duration_cast<milliseconds>(time).count()) + " ms";
}

std::string agent_text(agent_id agent) { return "agent " + std::to_string(agent.value); }

result<void> check_wish(const share_request& asked, const exclusive_config& config) {
  if (!asked.holder) return fail(errc::invalid_argument, "a share needs a holder", {}, "holder");
  if (asked.priority < 1 || asked.priority > 10)
    return fail(errc::invalid_argument, "priority " + std::to_string(asked.priority), "1 to 10", "priority");
  if (asked.patience < duration{0} || asked.wish.hold < duration{0})
    return fail(errc::invalid_argument, "a negative time", {}, "patience");
  if (asked.wish.compute_milli > 1'000)
    return fail(errc::infeasible, std::to_string(asked.wish.compute_milli) + " milli of one device", "at most 1000",
                "wish.compute_milli");
  if (asked.wish.memory_bytes > config.memory_bytes)
    return fail(errc::infeasible,
                "asked " + std::to_string(asked.wish.memory_bytes) + " bytes, the device has " +
                    std::to_string(config.memory_bytes),
                {}, "wish.memory_bytes");
  return {};
}

exclusive_config sane(exclusive_config config) {
  constexpr duration shortest{1};
  for (auto* time : {&config.ttl, &config.max_hold, &config.aging_step, &config.patience})
    *time = std::max(*time, shortest);
  config.grace = std::max(config.grace, duration{0});
  return config;
}

/// The lease in force.
struct holding {
  share_contract contract;
  share_request asked;
  time_point since{};  // arrival of the request
  bool recalled = false;
};

}  // namespace

struct exclusive::impl {
  explicit impl(const exclusive_config& wanted)
      : config(sane(wanted)), queue(config.aging_step), last_token(config.last_token) {}

  exclusive_config config;
  wait_queue queue;
  std::optional<holding> held;
  fencing_token last_token;
  std::uint64_t last_lease = 0;

  [[nodiscard]] bool holds(agent_id holder) const noexcept { return held && held->contract.holder == holder; }

  /// Returns when the holder must make room if somebody waits.
  [[nodiscard]] time_point hold_end() const noexcept {
    const auto wished = held->asked.wish.hold;
    return held->contract.granted_at + (wished > duration{0} ? std::min(wished, config.max_hold) : config.max_hold);
  }

  /// Returns why `token` does not name the lease in force, or `none`.
  [[nodiscard]] errc mismatch(agent_id holder, fencing_token token) const noexcept {
    if (holds(holder) && held->contract.token == token) return errc::none;
    if (token < last_token) return errc::fenced_off;
    return token == last_token && !held ? errc::lease_expired : errc::not_holder;
  }

  void end_lease(error why, sharing_effects& out) {
    const auto& contract = held->contract;
    out.emplace_back(share_revoked{contract.id, contract.holder, contract.token, std::move(why)});
    held.reset();
  }

  void recall(time_point until, const std::string& why, sharing_effects& out) {
    auto& contract = held->contract;
    held->recalled = true;
    contract.deadline = std::min(contract.deadline, until);
    out.emplace_back(share_recalled{contract.id, contract.holder, contract.deadline, why});
  }

  void expire(time_point now, sharing_effects& out) {
    if (!held || now < held->contract.deadline) return;
    const auto* why = held->recalled ? "was recalled and did not release in time" : "did not renew in time";
    end_lease(error{errc::lease_expired, agent_text(held->contract.holder) + " " + why}, out);
  }

  void refuse_impatient(time_point now, sharing_effects& out) {
    while (auto ended = queue.pop_impatient(now)) {
      const auto& asked = ended->request;
      out.emplace_back(share_refused{asked.request, asked.holder,
                                     error{errc::timeout, "no grant within " + milliseconds_text(now - ended->since)}});
    }
  }

  void serve(time_point now, sharing_effects& out) {
    if (!held && !queue.empty()) grant(queue.pop(), now, out);
    if (held && !held->recalled && !queue.empty()) make_room(now, out);
    if (held) held->contract.inherited_priority = queue.highest_priority();
  }

  void grant(const waiting_request& next, time_point now, sharing_effects& out) {
    held.emplace();
    held->asked = next.request;
    held->since = next.since;
    auto& contract = held->contract;
    contract.id = lease_id{++last_lease};
    contract.holder = next.request.holder;
    contract.device = config.device;
    contract.requested = next.request.wish;
    contract.granted = {config.compute_units, config.memory_bytes, duration{0}};
    contract.compute_enforcement = config.compute_enforcement;
    contract.memory_enforcement = config.memory_enforcement;
    contract.token = ++last_token;
    contract.granted_at = now;
    contract.deadline = now + config.ttl;
    contract.priority = next.request.priority;
    contract.inherited_priority = queue.highest_priority();
    out.emplace_back(share_granted{next.request.request, contract});
  }

  /// Recalls the holder if the next in the queue has a right to that.
  void make_room(time_point now, sharing_effects& out) {
    if (now >= hold_end()) return recall(now + config.grace, "held long enough while others wait", out);
    if (!held->asked.preemptible || !outranked()) return;
    recall(now + config.grace, "priority " + std::to_string(queue.front().request.priority) + " waits", out);
  }

  /// True if the next in the queue has a higher priority and would have been served before the holder. The second
  /// condition lets a holder that was served because of its long wait keep its turn.
  [[nodiscard]] bool outranked() const noexcept {
    const auto& next = queue.front();
    const auto& own = held->asked;
    return next.request.priority > own.priority &&
           next.since - config.aging_step * next.request.priority < held->since - config.aging_step * own.priority;
  }

  void advance(time_point now, sharing_effects& out) {
    expire(now, out);
    refuse_impatient(now, out);
    serve(now, out);
  }

  [[nodiscard]] share_explanation explain_holder(time_point now) const {
    const auto& contract = held->contract;
    share_explanation out;
    out.summary = agent_text(contract.holder) + " holds the device under token " + std::to_string(contract.token) +
                  " for " + milliseconds_text(contract.deadline - now) + " more";
    if (held->recalled) out.change = "it was recalled and has to release";
    return out;
  }

  [[nodiscard]] share_explanation explain_waiting(agent_id holder, time_point now) const {
    share_explanation out;
    if (held) out.waits_for.push_back(held->contract.holder);
    bool reached = false;
    queue.for_each([&](const waiting_request& other) {
      reached = reached || other.request.holder == holder;
      if (!reached) out.waits_for.push_back(other.request.holder);
      if (other.request.holder == holder)
        out.summary = agent_text(holder) + " waits for " + milliseconds_text(now - other.since) + " with priority " +
                      std::to_string(other.request.priority) + ", " + std::to_string(out.waits_for.size()) +
                      " before it; gives up in " + milliseconds_text(other.gives_up - now);
    });
    if (held)
      out.change = agent_text(held->contract.holder) + " releases, or its lease ends in " +
                   milliseconds_text(held->contract.deadline - now);
    return out;
  }
};

exclusive::exclusive(const exclusive_config& config) : impl_(std::make_unique<impl>(config)) {}
exclusive::~exclusive() = default;

result<void> exclusive::request(const share_request& wish, time_point now, sharing_effects& out) {
  auto& own = *impl_;
  if (auto checked = check_wish(wish, own.config); !checked) return checked;
  own.advance(now, out);
  if (own.holds(wish.holder) || own.queue.contains(wish.holder))
    return fail(errc::conflict, agent_text(wish.holder) + " already holds or waits for this device");
  if (own.queue.size() >= own.config.max_waiting && own.held)
    return fail(errc::overloaded, std::to_string(own.queue.size()) + " requests wait for this device",
                "try again later");
  const auto patience = wish.patience > duration{0} ? wish.patience : own.config.patience;
  own.queue.push({wish, now, now + patience});
  own.serve(now, out);
  return {};
}

result<time_point> exclusive::renew(agent_id holder, fencing_token token, time_point now) {
  auto& own = *impl_;
  if (const auto why = own.mismatch(holder, token); why != errc::none)
    return fail(why, agent_text(holder) + " shows token " + std::to_string(token) + ", the newest is " +
                         std::to_string(own.last_token));
  auto& contract = own.held->contract;
  if (now >= contract.deadline) return fail(errc::lease_expired, agent_text(holder) + " renews too late");
  if (own.held->recalled) return fail(errc::conflict, "the lease was recalled", "release it");
  if (now >= own.hold_end() && !own.queue.empty())
    return fail(errc::conflict, "held long enough while others wait", "release it");
  contract.deadline = now + own.config.ttl;
  return contract.deadline;
}

result<void> exclusive::release(agent_id holder, fencing_token token, time_point now, sharing_effects& out) {
  auto& own = *impl_;
  if (token == 0 && own.queue.erase(holder)) {
    own.advance(now, out);
    return {};
  }
  const auto why = token == 0 ? errc::not_holder : own.mismatch(holder, token);
  if (why != errc::none) return fail(why, agent_text(holder) + " releases what it does not have");
  own.held.reset();
  own.advance(now, out);
  return {};
}

void exclusive::holder_lost(agent_id holder, time_point now, sharing_effects& out) {
  impl_->queue.erase(holder);
  if (impl_->holds(holder)) impl_->end_lease(error{errc::crashed, agent_text(holder) + " is gone"}, out);
  impl_->advance(now, out);
}

result<void> exclusive::revoke(agent_id holder, duration grace, const std::string& why, time_point now,
                               sharing_effects& out) {
  if (!impl_->holds(holder)) return fail(errc::not_holder, agent_text(holder) + " does not hold this device");
  if (grace > duration{0})
    impl_->recall(now + grace, why, out);
  else
    impl_->end_lease(error{errc::fenced_off, why}, out);
  impl_->advance(now, out);
  return {};
}

void exclusive::tick(time_point now, sharing_effects& out) { impl_->advance(now, out); }

std::optional<time_point> exclusive::next_deadline() const {
  const auto& own = *impl_;
  auto next = own.queue.next_end();
  if (!own.held) return next;
  auto held_until = own.held->contract.deadline;
  if (!own.held->recalled && !own.queue.empty()) held_until = std::min(held_until, own.hold_end());
  return next ? std::min(*next, held_until) : held_until;
}

void exclusive::on_used(agent_id holder, fencing_token token, const share_use& more) {
  if (impl_->mismatch(holder, token) != errc::none) return;
  auto& used = impl_->held->contract.used;
  used.busy_ns += more.busy_ns;
  used.launches += more.launches;
  used.memory_peak_bytes = std::max(used.memory_peak_bytes, more.memory_peak_bytes);
  used.busy_is = std::max(used.busy_is, more.busy_is);  // the weaker claim
}

result<share_explanation> exclusive::explain(agent_id holder, time_point now) const {
  if (impl_->holds(holder)) return impl_->explain_holder(now);
  if (impl_->queue.contains(holder)) return impl_->explain_waiting(holder, now);
  return fail(errc::not_found, agent_text(holder) + " neither holds nor waits for this device");
}

std::vector<share_contract> exclusive::contracts() const {
  return impl_->held ? std::vector{impl_->held->contract} : std::vector<share_contract>{};
}

std::vector<lease_view> exclusive::leases(time_point now) const {
  const auto remaining = [now](time_point end) { return std::chrono::duration_cast<milliseconds>(end - now).count(); };
  std::vector<lease_view> out;
  if (impl_->held) {
    const auto& lease = impl_->held->contract;
    out.push_back({lease.id, agent_text(lease.holder), lease.token, lease.priority, remaining(lease.deadline), false});
  }
  impl_->queue.for_each([&](const waiting_request& other) {
    const auto& asked = other.request;
    out.push_back({{}, agent_text(asked.holder), 0, asked.priority, remaining(other.gives_up), true});
  });
  return out;
}

}  // namespace dunlin
