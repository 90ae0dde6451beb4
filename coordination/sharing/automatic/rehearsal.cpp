// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/rehearsal.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace dunlin {

namespace {

constexpr duration shortest_grain = 5ms;
constexpr std::uint64_t overdraft = 4;
constexpr auto nobody = std::numeric_limits<std::size_t>::max();

/// Nobody forgets to renew, and nobody gives up.
arbiter_config config_of(const device_capacity& capacity, lease_terms terms, duration ahead) {
  terms.ttl = terms.patience = 10 * ahead;
  return {capacity, terms, 0};
}

}  // namespace

rehearsal::rehearsal(device_demand demand, std::unique_ptr<share_rule> rule, const turn_terms& turns,
                     const forecast_terms& terms, duration ahead)
    : demand_(std::move(demand)),
      units_(std::max(demand_.capacity.compute_units, 1U)),
      hand_over_(terms.hand_over),
      grain_(std::max(ahead * units_ / std::max(terms.events, 1U), shortest_grain)),
      most_events_(overdraft * terms.events),
      until_(now_ + ahead),
      device_(config_of(demand_.capacity, terms.leases, ahead), std::move(rule)),
      turns_(units_, turns),
      last_on_(units_, nobody) {
  for (const auto& one : demand_.agents) {
    const auto index = players_.size();
    players_.push_back({&one, one.steps_left});
    progress_.push_back({one.wish.weight, duration{0}, duration{0}, one.step_on(units_, units_)});
    if (one.steps_left > 0)
      push(now_, index, 0);
    else if (one.back_in != duration::max() && one.back_in < ahead)
      push(now_ + one.back_in, index, 0);
  }
}

bool rehearsal::play(std::uint64_t events) {
  for (std::uint64_t count = 0; !over_ && count < std::max(events, std::uint64_t{1}); ++count)
    if (played_ == most_events_ || !play_next()) end_play();
  return over_;
}

/// Returns false if nothing happens any more in the time that is played.
bool rehearsal::play_next() {
  auto next = device_.next_deadline().value_or(until_);
  const bool is_event = !events_.empty() && events_.top().at <= next;
  if (is_event) next = events_.top().at;
  if (next >= until_) {
    now_ = until_;
    return false;
  }
  ++played_;
  now_ = std::max(now_, next);
  if (is_event) {
    const auto what = events_.top();
    events_.pop();
    happen(what);
  } else {
    device_.tick(now_, out_);
  }
  perform();
  return true;
}

void rehearsal::end_play() {
  over_ = true;
  for (std::size_t i = 0; i < players_.size(); ++i)
    if (players_[i].has_job) progress_[i].wanted += now_ - players_[i].since;
}

void rehearsal::push(time_point at, std::size_t player, std::uint64_t run) {
  events_.push({at, ++orders_, player, run});
}

void rehearsal::happen(const event& what) {
  if (what.run == 0)
    come(what.player);
  else if (what.run == players_[what.player].run)
    end_steps(what.player);
}

// -- jobs

void rehearsal::come(std::size_t player) {
  auto& one = players_[player];
  if (one.steps_left == 0) one.steps_left = one.demand->job_steps;
  one.has_job = true;
  one.since = now_;
  cut_short();
  ask(player);
}

/// Who is refused waits for ever.
void rehearsal::ask(std::size_t player) {
  const auto& wants = *players_[player].demand;
  share_request asked{{player + 1}, id_of(player), wants.wish, wants.priority, wants.preemptible};
  asked.in_steps = wants.in_steps;
  static_cast<void>(device_.request(asked, now_, out_));
}

void rehearsal::end_job(std::size_t player) {
  auto& one = players_[player];
  one.has_job = false;
  progress_[player].wanted += now_ - one.since;
  const auto away = one.demand->away;
  if (away != duration::max() && away < until_ - now_) push(now_ + away, player, 0);
}

// -- steps

void rehearsal::end_steps(std::size_t player) {
  auto& one = players_[player];
  one.run = 0;
  const auto steps = std::exchange(one.steps, 0);
  one.steps_left -= steps;
  progress_[player].alone += progress_[player].one_step * static_cast<duration::rep>(steps);
  const bool more = one.steps_left > 0;
  const bool goes = std::exchange(one.has_to_go, false);
  turns_.end_step(id_of(player), now_ - one.begun, more && !goes);
  if (!more) end_job(player);
  if (more && !goes) return;
  turns_.remove(id_of(player));
  if (const auto token = std::exchange(one.token, 0); token != 0)
    static_cast<void>(device_.release(id_of(player), token, now_, out_));
  if (more) ask(player);
}

/// Somebody comes: whoever runs stops after the step that it is at.
void rehearsal::cut_short() {
  for (std::size_t i = 0; i < players_.size(); ++i) {
    auto& one = players_[i];
    if (one.run == 0) continue;
    const auto past = static_cast<std::uint64_t>(std::max(now_ - one.begun, duration{0}) / one.step) + 1;
    if (past >= one.steps) continue;
    one.steps = past;
    one.run = ++runs_;
    push(one.begun + one.step * static_cast<duration::rep>(past), i, one.run);
  }
}

void rehearsal::begin_steps() {
  std::vector<agent_id> begun;
  turns_.take_begun(begun);
  for (const auto agent : begun) {
    const auto player = index_of(agent);
    auto& one = players_[player];
    const auto& units = turns_.units_of(agent);
    one.step = one.demand->step_on(units.empty() ? units_ : static_cast<std::uint32_t>(units.size()), units_);
    one.steps = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(grain_ / one.step), 1, one.steps_left);
    one.begun = now_ + hand_over(player, units);
    one.run = ++runs_;
    push(one.begun + one.step * static_cast<duration::rep>(one.steps), player, one.run);
  }
}

duration rehearsal::hand_over(std::size_t player, const std::vector<std::uint32_t>& units) {
  bool is_other = false;
  const auto take = [&](std::uint32_t unit) {
    if (std::exchange(last_on_[unit], player) != player) is_other = true;
  };
  for (const auto unit : units) take(unit);
  for (std::uint32_t unit = 0; units.empty() && unit < units_; ++unit) take(unit);
  return is_other ? hand_over_ : duration{0};
}

// -- contracts

void rehearsal::perform() {
  while (!out_.empty())
    for (const auto& effect : std::exchange(out_, {})) follow(effect);
  begin_steps();
}

void rehearsal::follow(const sharing_effect& effect) {
  if (const auto* granted = std::get_if<share_granted>(&effect)) put(granted->contract, true);
  if (const auto* changed = std::get_if<share_changed>(&effect)) put(changed->contract, false);
  if (const auto* parked = std::get_if<share_parked>(&effect)) turns_.park(parked->holder);
  if (const auto* recalled = std::get_if<share_recalled>(&effect)) {
    const auto player = index_of(recalled->holder);
    players_[player].has_to_go = true;
    if (players_[player].run == 0) end_steps(player);
  }
  if (const auto* revoked = std::get_if<share_revoked>(&effect)) {
    players_[index_of(revoked->holder)].token = 0;
    turns_.remove(revoked->holder);
  }
}

void rehearsal::put(const share_contract& contract, bool is_new) {
  players_[index_of(contract.holder)].token = contract.token;
  turns_.put(contract);
  if (is_new) static_cast<void>(turns_.arrive(contract.holder, contract.token));
}

}  // namespace dunlin
