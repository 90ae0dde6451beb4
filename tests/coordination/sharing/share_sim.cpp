// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/share_sim.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace dunlin::sim {

share_sim::share_sim(const arbiter_config& config, std::unique_ptr<share_rule> rule, const turn_terms& terms)
    : device_(config, std::move(rule)),
      turns_(config.capacity.compute_units, terms),
      renew_every_(config.terms.ttl / 3) {}

agent_id share_sim::add(const sim_agent& wanted) {
  const agent_id id{agents_.size() + 1};
  agents_[id].plan = wanted;
  agents_[id].last_end = now_;
  share_request asked;
  asked.request = {id.value};
  asked.holder = id;
  asked.wish = wanted.wish;
  asked.priority = wanted.priority;
  asked.in_steps = true;
  const auto taken = device_.request(asked, now_, out_);
  EXPECT_TRUE(taken) << to_string(taken.error());
  perform();
  return id;
}

void share_sim::exchange(std::unique_ptr<share_rule> rule) {
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
    const bool is_end = !ends_.empty() && ends_.top().at <= next;
    now_ = is_end ? ends_.top().at : next;
    if (is_end) {
      const auto agent = ends_.top().agent;
      ends_.pop();
      end_step(agent);
    } else if (now_ < until || device_.next_deadline().value_or(until + 1ns) <= now_) {
      tick();
    } else {
      return;
    }
  }
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
    ends_.push({now_ + one.plan.step, ++order_, agent});
  }
}

void share_sim::end_step(agent_id agent) {
  auto& one = agents_.at(agent);
  one.seen.busy += one.plan.step;
  one.last_end = now_;
  const bool more = ++one.seen.steps < one.plan.steps;
  turns_.end_step(agent, one.plan.step, more);
  device_.on_used(agent, one.seen.token, {static_cast<std::uint64_t>(one.plan.step.count()), 0, 1, exactness::exact});
  if (!more && one.seen.token != 0) {
    one.seen.done = true;
    turns_.remove(agent);
    EXPECT_TRUE(device_.release(agent, std::exchange(one.seen.token, 0), now_, out_));
  }
  perform();
}

}  // namespace dunlin::sim
