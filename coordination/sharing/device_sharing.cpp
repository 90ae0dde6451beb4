// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/device_sharing.hpp"

#include <algorithm>
#include <utility>

#include "coordination/sharing/patterns/exclusive.hpp"

namespace dunlin {

namespace {

constexpr std::uint8_t highest_opportunistic = 3;

std::optional<time_point> sooner(std::optional<time_point> a, std::optional<time_point> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

device_sharing::device_sharing(const arbiter_config& config, const device_terms& terms)
    : capacity_(config.capacity),
      terms_(terms),
      leases_(config, std::make_unique<exclusive>(config.capacity)),
      talk_(config.capacity, terms.bargain),
      parties_(config.capacity, terms.parties) {}

result<void> device_sharing::check(const share_options& options, time_point now) const {
  return rule_for(options, now).map([](const auto&) {});
}

result<void> device_sharing::coordinate(const share_options& options, time_point now, device_effects& out) {
  auto rule = rule_for(options, now);
  if (!rule) return fail(std::move(rule.error()));
  if (options.pattern == sharing_pattern::any) {
    if (auto begun = begin_automatic(options, (*rule)->pattern(), now); !begun) return begun;
  } else {
    automatic_.reset();
  }
  share_by(std::move(*rule), now, out);
  return {};
}

/// Nobody is disturbed before there is a reason: in automatic mode the device goes on as it is shared while it is in
/// use.
result<std::unique_ptr<share_rule>> device_sharing::rule_for(const share_options& options, time_point now) const {
  if (auto sound = check_options(options, capacity_); !sound) return fail(std::move(sound.error()));
  auto shared = options;
  if (options.pattern == sharing_pattern::any)
    shared.pattern = automatic_ || leases_.is_wanted() ? leases_.pattern() : terms_.choice.options.pattern;
  auto rule = make_rule(shared, capacity_);
  if (!rule) return rule;
  if (auto kept = leases_.check_switch(**rule, now); !kept) return fail(std::move(kept.error()));
  return rule;
}

void device_sharing::share_by(std::unique_ptr<share_rule> rule, time_point now, device_effects& out) {
  leases_.switch_to(std::move(rule), now, out.leases);
  forget_talk();
  call_for_talk(now, out);
}

// -- automatic mode

result<void> device_sharing::begin_automatic(const share_options& options, sharing_pattern first, time_point now) {
  auto terms = terms_.choice;
  terms.options = options;
  terms.options.pattern = first;
  auto mode = automatic_mode::make(capacity_, std::move(terms));
  if (!mode) return fail(std::move(mode.error()));
  automatic_.emplace(std::move(*mode));
  for (const auto& asked : leases_.requests()) automatic_->on_asked(asked, now);
  return {};
}

void device_sharing::choose_if_due(time_point now, device_effects& out) {
  if (const auto due = next_choice(); !due || now < *due) return;
  const auto next = automatic_->go_on(now);
  if (!next) return;
  auto rule = make_rule(*next, capacity_);
  if (rule && leases_.check_switch(**rule, now))
    share_by(std::move(*rule), now, out);
  else
    automatic_->stay_with(leases_.pattern());  // what is reserved comes first
}

std::optional<time_point> device_sharing::next_choice() const {
  if (!automatic_ || !leases_.is_wanted()) return std::nullopt;
  return automatic_->next_step();
}

sharing_view device_sharing::view(time_point now, std::size_t most) const {
  auto out = leases_.view(now, most);
  if (automatic_) out.choice = automatic_->explain(now);
  return out;
}

void device_sharing::forget_talk() {
  const auto call = talk_.last_call();
  talk_ = negotiation{capacity_, terms_.bargain, call};
  parties_ = party_book{capacity_, terms_.parties};
  settled_.reset();
  due_.reset();
}

// -- leases

result<void> device_sharing::request(const share_request& asked, time_point now, device_effects& out) {
  const auto before = out.leases.size();
  if (auto taken = leases_.request(asked, now, out.leases); !taken) return taken;
  if (automatic_) automatic_->on_asked(asked, now);
  forget_who_left(before, now, out);
  call_for_talk(now, out);
  return {};
}

result<void> device_sharing::adopt(const share_request& held, fencing_token before, time_point now,
                                   device_effects& out) {
  if (auto taken = leases_.adopt(held, before, now, out.leases); !taken) return taken;
  call_for_talk(now, out);
  return {};
}

result<void> device_sharing::release(agent_id holder, fencing_token token, time_point now, device_effects& out) {
  const auto before = out.leases.size();
  if (auto given = leases_.release(holder, token, now, out.leases); !given) return given;
  forget(holder, now, out);
  forget_who_left(before, now, out);
  return {};
}

void device_sharing::holder_lost(agent_id holder, time_point now, device_effects& out) {
  const auto before = out.leases.size();
  leases_.holder_lost(holder, now, out.leases);
  forget(holder, now, out);
  forget_who_left(before, now, out);
}

/// Leases and waits also end by time.
void device_sharing::forget_who_left(std::size_t from, time_point now, device_effects& out) {
  for (std::size_t i = from; i < out.leases.size(); ++i) {
    if (const auto* revoked = std::get_if<share_revoked>(&out.leases[i])) forget(revoked->holder, now, out);
    if (const auto* refused = std::get_if<share_refused>(&out.leases[i])) forget(refused->holder, now, out);
  }
}

void device_sharing::forget(agent_id agent, time_point now, device_effects& out) {
  parties_.forget(agent, now);
  if (automatic_) automatic_->on_left(agent, now);
  talk_.party_lost(agent, now, out.messages);
  call_for_talk(now, out);
}

void device_sharing::on_used(agent_id holder, fencing_token token, const share_use& more) {
  leases_.on_used(holder, token, more);
  const auto* granted = leases_.grant_of(holder, token);
  if (granted == nullptr) return;
  if (talks()) parties_.on_used(holder, *granted, more);
  if (automatic_) automatic_->on_used(holder, *granted, more);
}

// -- talk

result<void> device_sharing::on_bid(const share_bid& bid, time_point now, device_effects& out) {
  if (!talks()) return fail(errc::not_supported, "nobody bargains over this device now", {}, "bid");
  if (auto taken = talk_.on_bid(bid, now, out.messages); !taken) return taken;
  take_settlements(now, out);
  return {};
}

result<void> device_sharing::on_answer(const share_answer& answer, time_point now, device_effects& out) {
  if (!talks()) return fail(errc::not_supported, "nobody bargains over this device now", {}, "answer");
  if (auto taken = talk_.on_answer(answer, now, out.messages); !taken) return taken;
  take_settlements(now, out);
  return {};
}

void device_sharing::tick(time_point now, device_effects& out) {
  const auto before = out.leases.size();
  leases_.tick(now, out.leases);
  forget_who_left(before, now, out);
  talk_.tick(now, out.messages);
  take_settlements(now, out);
  choose_if_due(now, out);
  talk_if_due(now, out);
}

std::optional<time_point> device_sharing::next_deadline() const {
  const auto leases = sooner(leases_.next_deadline(), next_choice());
  return sooner(leases, sooner(talk_.next_deadline(), talk_.under_way() ? std::nullopt : due_));
}

/// Somebody came or went.
void device_sharing::call_for_talk(time_point now, device_effects& out) {
  take_settlements(now, out);
  if (!talks()) return;
  due_ = sooner(due_, called_at_ ? std::max(now, *called_at_ + terms_.talk_every) : now);
  talk_if_due(now, out);
}

void device_sharing::talk_if_due(time_point now, device_effects& out) {
  if (!talks() || talk_.under_way() || !due_ || now < *due_) return;
  due_.reset();
  const auto all = parties(now);
  if (all.size() < 2 || !talk_.open(all, now, out.messages)) return;  // too many for talk: the wishes decide
  called_at_ = now;
  take_settlements(now, out);
}

std::vector<party> device_sharing::parties(time_point now) {
  std::vector<party> out;
  for (const auto& asked : leases_.requests()) {
    const auto stands_as =
        asked.priority <= highest_opportunistic ? share_class::opportunistic : share_class::guaranteed;
    out.push_back(parties_.enter(asked.holder, asked.wish, stands_as, now));
  }
  return out;
}

/// A settlement is put into force before anybody hears of it; those in `out` stay there for whoever wants to tell.
void device_sharing::take_settlements(time_point now, device_effects& out) {
  for (const auto& message : out.messages) {
    const auto* made = std::get_if<bargain_settled>(&message);
    if (made == nullptr || (settled_ && settled_->call >= made->call)) continue;
    settled_ = *made;
    parties_.settle(made->allotments, now);
    // It can only be refused if it was made for another device; then the shares stay as they are.
    static_cast<void>(leases_.settle(made->allotments, now, out.leases));
    due_ = sooner(due_, sooner(made->review, parties_.next_call(now)));
    if (due_ && called_at_) due_ = std::max(*due_, *called_at_ + terms_.talk_every);
  }
}

}  // namespace dunlin
