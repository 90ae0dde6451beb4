// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/turn_ring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dunlin {

namespace {

constexpr double parts_of_a_round = 1e9;

}  // namespace

/// Each member knows its place in its own ring.
turn_ring::turn_ring(const turn_ring& other)
    : terms_(other.terms_),
      members_(other.members_),
      ring_(other.ring_),
      urgent_(other.urgent_),
      current_(other.current_),
      out_of_turn_(other.out_of_turn_),
      rounds_(other.rounds_),
      ready_quanta_(other.ready_quanta_) {
  for (auto place = ring_.begin(); place != ring_.end(); ++place) members_.at(*place).place = place;
}

void turn_ring::add(agent_id agent, duration quantum, bool interactive) {
  auto& added = members_[agent];
  added.quantum = quantum;
  added.interactive = interactive;
  added.idle_since = rounds_;
}

void turn_ring::set_quantum(agent_id agent, duration quantum) {
  auto& one = members_.at(agent);
  if (one.ready) ready_quanta_ += quantum - one.quantum;
  one.quantum = quantum;
  one.deficit = std::min(one.deficit, quantum);
}

void turn_ring::remove(agent_id agent) {
  set_ready(agent, false);
  if (current_ == agent) end_turn();
  members_.erase(agent);
}

/// Whoever has nothing to run saves nothing up, and pays a debt off as fast as the others are served.
void turn_ring::settle(member& one) const {
  const auto turns = static_cast<double>(rounds_ - one.idle_since) / parts_of_a_round;
  const duration paid{std::llround(turns * static_cast<double>(one.quantum.count()))};
  one.deficit = std::min(duration{0}, one.deficit + paid);
  one.idle_since = rounds_;
}

void turn_ring::set_ready(agent_id agent, bool ready) {
  auto& one = members_.at(agent);
  if (one.ready == ready) return;
  one.ready = ready;
  if (ready) {
    settle(one);
    one.place = ring_.insert(ring_.end(), agent);
    if (one.interactive) urgent_.push_back(agent);
    ready_quanta_ += one.quantum;
  } else {
    one.deficit = std::min(duration{0}, one.deficit);
    one.idle_since = rounds_;
    ring_.erase(one.place);
    if (one.interactive) urgent_.remove(agent);
    ready_quanta_ -= one.quantum;
  }
}

void turn_ring::charge(agent_id agent, duration busy) {
  auto& one = members_.at(agent);
  const auto all = static_cast<double>(std::max(ready_quanta_, one.quantum).count());
  rounds_ += std::llround(parts_of_a_round * static_cast<double>(busy.count()) / all);
  if (!one.ready) settle(one);  // what it owes from now on is not paid off by what went before
  one.deficit -= busy;
}

std::optional<agent_id> turn_ring::advance() {
  const auto first = urgent();
  if (current_) {
    const auto& one = members_.at(*current_);
    const bool cut_in = first && terms_.preemption_allowed && !out_of_turn_ && !one.interactive;
    if (!is_over(one) && !cut_in) return current_;
    if (is_over(one)) end_turn();
  }
  if (ring_.empty()) return current_ = std::nullopt;
  out_of_turn_ = first.has_value();
  current_ = first ? *first : next_in_ring();
  return current_;
}

bool turn_ring::is_over(const member& one) const noexcept {
  return !one.ready || one.deficit <= (out_of_turn_ ? -terms_.burst : duration{0});
}

/// Returns the interactive agent that may go before its turn.
std::optional<agent_id> turn_ring::urgent() const {
  const auto may = [this](agent_id agent) { return members_.at(agent).deficit > -terms_.burst; };
  const auto first = std::ranges::find_if(urgent_, may);
  return first == urgent_.end() ? std::nullopt : std::optional{*first};
}

void turn_ring::end_turn() {
  const auto& one = members_.at(*current_);
  if (one.ready && !out_of_turn_) ring_.splice(ring_.end(), ring_, one.place);
  current_ = std::nullopt;
}

/// Returns the first whose turn leaves something after its debt. One whose turn was cut in on goes on with what is left
/// of it.
agent_id turn_ring::next_in_ring() {
  for (std::size_t passed = 0;; ++passed) {
    auto& one = members_.at(ring_.front());
    if (one.deficit > duration{0}) return ring_.front();
    one.deficit += one.quantum;
    if (one.deficit > duration{0}) return ring_.front();
    ring_.splice(ring_.end(), ring_, ring_.begin());
    if (passed + 1 == ring_.size()) pay_debts();
  }
}

/// Everybody is in debt: gives as many turns at once as leave the first of them one short of its next.
void turn_ring::pay_debts() {
  auto rounds = std::numeric_limits<duration::rep>::max();
  for (const auto agent : ring_) {
    const auto& one = members_.at(agent);
    rounds = std::min(rounds, -one.deficit / one.quantum);
  }
  for (const auto agent : ring_) {
    auto& one = members_.at(agent);
    one.deficit += one.quantum * rounds;
  }
}

}  // namespace dunlin
