// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/share_sim.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace dunlin::sim {

share_sim::share_sim(const arbiter_config& config, std::unique_ptr<share_rule> rule, const turn_terms& terms)
    : device_(config, std::move(rule)),
      turns_(config.capacity.compute_units, terms),
      renew_every_(config.terms.ttl / 3),
      last_on_(config.capacity.compute_units) {}

agent_id share_sim::add(const sim_agent& wanted) {
  const agent_id id{agents_.size() + 1};
  auto& one = agents_[id];
  one.plan = wanted;
  one.last_end = now_;
  if (one.plan.jobs.empty()) one.plan.jobs.push_back({duration{0}, wanted.steps});
  if (const auto after = one.plan.jobs.front().after; after > duration{0})
    events_.push({now_ + after, ++order_, id, true});
  else
    ask(id);
  return id;
}

void share_sim::ask(agent_id agent) {
  auto& one = agents_.at(agent);
  one.has_job = true;
  one.asked_at = now_;
  one.job_steps = 0;
  share_request asked;
  asked.request = {agent.value};
  asked.holder = agent;
  asked.wish = one.plan.wish;
  asked.priority = one.plan.priority;
  asked.in_steps = true;
  if (meter_ != nullptr) meter_->on_asked(asked, now_);
  const auto taken = device_.request(asked, now_, out_);
  EXPECT_TRUE(taken) << to_string(taken.error());
  perform();
}

void share_sim::exchange(std::unique_ptr<share_rule> rule, const turn_terms& terms) {
  turns_.set_terms(terms);
  device_.switch_to(std::move(rule), now_, out_);
  perform();
}

void share_sim::settle(std::span<const allotment> allotments) {
  const auto settled = device_.settle(allotments, now_, out_);
  EXPECT_TRUE(settled) << to_string(settled.error());
  perform();
}

void share_sim::run_for(duration time) {
  const auto until = now_ + time;
  while (true) {
    auto next = std::min(until, renewed_ + renew_every_);
    if (const auto due = device_.next_deadline()) next = std::min(next, std::max(now_, *due));
    const bool is_event = !events_.empty() && events_.top().at <= next;
    now_ = is_event ? events_.top().at : next;
    if (is_event) {
      const auto what = events_.top();
      events_.pop();
      if (!what.is_job) end_step(what.agent);
      if (what.is_job && !closed_) ask(what.agent);
    } else if (now_ < until || device_.next_deadline().value_or(until + 1ns) <= now_) {
      tick();
    } else {
      return;
    }
  }
}

bool share_sim::is_idle() const {
  return std::ranges::none_of(agents_, [](const auto& entry) { return entry.second.has_job; });
}

void share_sim::begin_measuring() {
  for (auto& [id, one] : agents_) {
    one.seen.busy = one.seen.longest_wait = duration{0};
    one.seen.steps = 0;
    one.last_end = now_;
  }
}

void share_sim::tick() {
  if (now_ - renewed_ >= renew_every_) {
    renewed_ = now_;
    for (const auto& [id, one] : agents_)
      if (one.seen.token != 0) static_cast<void>(device_.renew(id, one.seen.token, now_));
  }
  device_.tick(now_, out_);
  perform();
}

void share_sim::perform() {
  for (const auto& effect : std::exchange(out_, {})) std::visit([this](const auto& e) { see(e); }, effect);
  EXPECT_EQ(device_.conservation(now_), "");
  begin_steps();
}

void share_sim::see(const share_granted& e) {
  auto& one = agents_.at(e.contract.holder);
  one.seen.token = e.contract.token;
  one.seen.grant = e.contract.granted;
  turns_.put(e.contract);
  EXPECT_TRUE(turns_.arrive(e.contract.holder, e.contract.token));
}

void share_sim::see(const share_changed& e) {
  auto& one = agents_.at(e.contract.holder);
  EXPECT_GT(e.contract.token, one.seen.token);
  const auto before = std::exchange(one.seen.token, e.contract.token);
  one.seen.grant = e.contract.granted;
  one.seen.parked = false;
  turns_.put(e.contract);
  EXPECT_EQ(turns_.arrive(e.contract.holder, before).error().code, errc::fenced_off);
}

void share_sim::see(const share_parked& e) {
  agents_.at(e.holder).seen.parked = true;
  turns_.park(e.holder);
}

void share_sim::see(const share_revoked& e) {
  auto& one = agents_.at(e.holder);
  ++one.seen.failures;
  one.seen.token = 0;
  turns_.remove(e.holder);
}

void share_sim::begin_steps() {
  std::vector<agent_id> begun;
  turns_.take_begun(begun);
  for (const auto agent : begun) {
    auto& one = agents_.at(agent);
    EXPECT_FALSE(one.seen.parked);
    one.seen.longest_wait = std::max(one.seen.longest_wait, now_ - one.last_end);
    one.step = step_of(agent);
    events_.push({now_ + one.step, ++order_, agent, false});
  }
}

duration share_sim::step_of(agent_id agent) {
  const auto& plan = agents_.at(agent).plan;
  bool is_other = false;
  auto units = turns_.units_of(agent);
  if (units.empty()) {
    units.resize(last_on_.size());
    std::iota(units.begin(), units.end(), 0U);
  }
  for (const auto unit : units)
    if (std::exchange(last_on_[unit], agent) != agent) is_other = true;
  const auto used = plan.width == 0 ? 1 : std::min<std::size_t>(units.size(), plan.width);
  return plan.step / static_cast<duration::rep>(used) + (is_other ? hand_over_ : duration{0});
}

void share_sim::end_step(agent_id agent) {
  auto& one = agents_.at(agent);
  one.seen.busy += one.step;
  one.seen.alone_ns += static_cast<double>(one.plan.step.count()) / std::max(one.plan.width, 1U);
  one.last_end = now_;
  ++one.seen.steps;
  const auto units = turns_.units_of(agent).size();
  if (meter_ != nullptr) meter_->on_steps(agent, 1, one.step, units == 0 ? last_on_.size() : units);
  const bool more = ++one.job_steps < one.plan.jobs[one.job].steps;
  turns_.end_step(agent, one.step, more);
  device_.on_used(agent, one.seen.token, {static_cast<std::uint64_t>(one.step.count()), 0, 1, exactness::exact});
  if (!more && one.seen.token != 0) end_job(agent);
  perform();
}

void share_sim::end_job(agent_id agent) {
  auto& one = agents_.at(agent);
  one.has_job = false;
  one.seen.parked = false;
  one.seen.wanted += now_ - one.asked_at;
  if (meter_ != nullptr) meter_->on_left(agent, now_);
  turns_.remove(agent);
  EXPECT_TRUE(device_.release(agent, std::exchange(one.seen.token, 0), now_, out_));
  one.seen.done = ++one.job == one.plan.jobs.size();
  if (!one.seen.done) events_.push({now_ + one.plan.jobs[one.job].after, ++order_, agent, true});
}

}  // namespace dunlin::sim
