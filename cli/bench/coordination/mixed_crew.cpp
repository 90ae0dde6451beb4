// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/mixed_crew.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "cli/bench/coordination/busy_loop.hpp"
#include "coordination/sharing/automatic/forecast.hpp"

namespace dunlin::bench {

namespace {

constexpr duration pause = 1ms;
constexpr duration metered_every = 100ms;
constexpr duration patience = 30s;

time_point now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

mixed_agent interactive_agent() {
  mixed_agent out;
  out.wish.interactive = true;
  out.job_steps = 3;
  out.away = 60ms;
  return out;
}

mixed_agent batch_agent() {
  mixed_agent out;
  out.step = 4ms;
  out.job_steps = 60;
  return out;
}

mixed_agent heavy_agent(const device_capacity& capacity) {
  auto out = batch_agent();
  out.job_steps = 30;
  out.wish.memory_bytes = capacity.memory_bytes / 10 * 6;
  return out;
}

}  // namespace

std::vector<mixed_agent> mixed_agents(const device_capacity& capacity) {
  std::vector<mixed_agent> out{interactive_agent(), interactive_agent(),   interactive_agent(),  batch_agent(),
                               batch_agent(),       heavy_agent(capacity), heavy_agent(capacity)};
  for (auto& one : out) one.wish.compute_milli = 1'000 / std::max(capacity.compute_units, 1U);
  return out;
}

mixed_crew::mixed_crew(shared_device& device, const std::vector<mixed_agent>& agents, automatic_mode* automatic)
    : device_(device), automatic_(automatic) {
  for (const auto& plan : agents) {
    auto& one = members_.emplace_back();
    one.plan = plan;
    one.iterations = iterations_in(plan.step);
    one.progress = {plan.wish.weight, duration{0}, duration{0}, plan.step};
    one.since = now() - plan.away;
  }
}

agent_id mixed_crew::id_of(const member& one) const { return {static_cast<std::uint64_t>(&one - members_.data()) + 1}; }

result<void> mixed_crew::run(duration lasts) {
  const auto until = now() + lasts;
  while (now() < until || !is_idle()) {
    if (now() > until + patience) return fail(errc::timeout, "a job of a mixed load did not end");
    if (now() < until) begin_due_jobs();
    if (auto chosen = choose(); !chosen) return chosen;
    std::this_thread::sleep_for(pause);
  }
  if (failure_) return fail(*failure_);
  return {};
}

bool mixed_crew::is_idle() {
  const std::lock_guard lock{mutex_};
  return std::ranges::none_of(members_, &member::has_job);
}

double mixed_crew::slowdown() const {
  std::vector<job_progress> all;
  all.reserve(members_.size());
  for (const auto& one : members_) all.push_back(one.progress);
  return mean_slowdown(all);
}

// -- jobs

void mixed_crew::begin_due_jobs() {
  for (auto& one : members_) {
    {
      const std::lock_guard lock{mutex_};
      if (failure_ || one.has_job || now() - one.since < one.plan.away) continue;
      one.has_job = true;
      one.since = now();
    }
    begin(one);
  }
}

void mixed_crew::begin(member& one) {
  const auto agent = id_of(one);
  if (automatic_ != nullptr) {
    share_request asked;
    asked.holder = agent;
    asked.wish = one.plan.wish;
    asked.in_steps = true;
    const std::lock_guard lock{mutex_};
    automatic_->on_asked(asked, now());
  }
  const auto granted = [this, &one](const share_contract& contract) { start(one, contract); };
  if (const auto asked = device_.ask(agent, one.plan.wish, granted); !asked) end(one, asked);
}

void mixed_crew::start(member& one, const share_contract& contract) {
  device_step out;
  out.queue = contract.holder.value;
  out.token = contract.token;
  out.run = [this, &one, holder = contract.holder, lease = contract.id] { return work(one, holder, lease); };
  out.done = [this, &one](const step_report& report) { end(one, report.outcome); };
  if (auto queued = device_.device().submit(std::move(out)); !queued) end(one, queued);
}

result<void> mixed_crew::work(member& one, agent_id holder, lease_id lease) {
  const auto share = device_.gate().enter(holder, lease, {});
  if (!share) return fail(error{share.error()});
  for (auto left = one.plan.job_steps;;) {
    burn(one.iterations);
    if (--left == 0) return {};
    if (auto next = (*share)->next_step(); !next) return next;
  }
}

void mixed_crew::end(member& one, const result<void>& outcome) {
  const auto agent = id_of(one);
  for (const auto& contract : device_.contracts())
    if (contract.holder == agent) meter(contract);
  device_.give_back(agent);
  const std::lock_guard lock{mutex_};
  if (!outcome && !failure_) failure_ = outcome.error();
  one.progress.wanted += now() - one.since;
  one.progress.alone += one.plan.step * one.plan.job_steps;
  one.since = now();
  one.has_job = false;
  if (automatic_ != nullptr) automatic_->on_left(agent, now());
}

// -- automatic choice

void mixed_crew::meter(const share_contract& contract) {
  if (automatic_ == nullptr) return;
  const auto used = device_.gate().take_use(contract.holder);
  const std::lock_guard lock{mutex_};
  automatic_->on_used(contract.holder, contract.granted, used);
}

result<void> mixed_crew::choose() {
  if (automatic_ == nullptr) return {};
  if (now() - metered_at_ >= metered_every) {
    metered_at_ = now();
    for (const auto& contract : device_.contracts()) meter(contract);
  }
  std::unique_lock lock{mutex_};
  const auto next = automatic_->go_on(now());
  lock.unlock();
  if (!next) return {};
  ++switches_;
  return device_.share_by(*next);
}

}  // namespace dunlin::bench
