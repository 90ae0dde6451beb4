// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/fair_pool.hpp"

#include <algorithm>
#include <limits>

namespace dunlin {

void fair_pool::add(agent_id agent, duration quantum) {
  auto& added = members_[agent];
  added.quantum = quantum;
  added.tag = lowest();
}

void fair_pool::set_quantum(agent_id agent, duration quantum) {
  auto& one = members_.at(agent);
  if (one.quantum == quantum) return;
  const bool in_line = one.phase != phase_type::idle;
  if (in_line) leave_line(agent, one);
  const auto owed = std::max(0.0, one.tag - lowest());
  const auto before = static_cast<double>(one.quantum.count());
  one.tag += owed * (before / static_cast<double>(quantum.count()) - 1);
  one.quantum = quantum;
  if (in_line) line_up(agent, one);
}

void fair_pool::remove(agent_id agent) {
  set_ready(agent, false);
  members_.erase(agent);
}

void fair_pool::set_ready(agent_id agent, bool ready) {
  auto& one = members_.at(agent);
  const auto before = one.phase;
  one.phase = ready ? phase_type::ready : phase_type::idle;
  if (one.phase == before) return;
  if (ready) ++ready_;
  if (before == phase_type::ready) --ready_;
  if (before == phase_type::idle) {
    one.tag = std::max(one.tag, lowest());
    line_up(agent, one);
  } else if (!ready) {
    leave_line(agent, one);
  }
}

void fair_pool::charge(agent_id agent, duration busy) {
  auto& one = members_.at(agent);
  one.tag += static_cast<double>(busy.count()) / worth(one);
  if (one.phase == phase_type::idle || one.tag < one.turn + 1) return;
  leave_line(agent, one);
  line_up(agent, one);
}

std::optional<agent_id> fair_pool::begin() {
  for (const auto& [turn, order, agent] : line_) {
    auto& one = members_.at(agent);
    if (one.phase != phase_type::ready) continue;
    one.phase = phase_type::running;
    --ready_;
    return agent;
  }
  return std::nullopt;
}

double fair_pool::lowest() const noexcept {
  return line_.empty() ? passed_ : std::max(passed_, std::get<double>(*line_.begin()));
}

void fair_pool::line_up(agent_id agent, member& one) {
  one.turn = one.tag;
  one.order = ++orders_;
  line_.emplace(one.turn, one.order, agent);
  quanta_.insert(one.quantum);
  sum_ += one.quantum;
  most_.reset();
}

void fair_pool::leave_line(agent_id agent, const member& one) {
  passed_ = lowest();
  line_.erase({one.turn, one.order, agent});
  quanta_.erase(quanta_.find(one.quantum));
  sum_ -= one.quantum;
  most_.reset();
}

/// Returns how much busy time is one quantum of the agent now.
double fair_pool::worth(const member& one) {
  if (!most_) most_ = most_worth();
  return std::min(static_cast<double>(one.quantum.count()), *most_);
}

/// Returns what one unit is worth: an agent with a larger quantum could only use it on two units at once.
double fair_pool::most_worth() const {
  auto rest = static_cast<double>(sum_.count());
  double units = units_;
  for (auto largest = quanta_.rbegin(); largest != quanta_.rend(); ++largest, --units) {
    const auto quantum = static_cast<double>(largest->count());
    if (quantum * units <= rest)
      return largest == quanta_.rbegin() ? std::numeric_limits<double>::infinity() : rest / units;
    rest -= quantum;
  }
  // There is a unit for each of them.
  return quanta_.empty() ? std::numeric_limits<double>::infinity() : static_cast<double>(quanta_.begin()->count());
}

}  // namespace dunlin
