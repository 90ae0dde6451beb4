// SPDX-License-Identifier: Apache-2.0
// A node's dispatcher with its clock, its agents and everything it said: a test tells what the leader, the agents and
// the devices do.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "coordination/orchestration/node_dispatch.hpp"
#include "tests/coordination/tasks/task_words.hpp"

namespace dunlin {

inline task_epoch task(std::uint64_t number, fencing_token epoch = 1) { return {task_id{1, number}, epoch}; }

class node_story {
 public:
  explicit node_story(node_dispatch_config config = {}) : dispatch(std::move(config)) {}

  /// One call of the dispatcher, as its shell does it: call, flush, act.
  template <class Call>
  void step(Call call) {
    node_effects out;
    call(dispatch, out);
    dispatch.flush(now, out);
    for (auto& action : out) std::visit([this](auto& one) { note(std::move(one)); }, action);
  }

  // -- agents

  agent_id agent(std::string kind = "work", isolation_mode isolation = isolation_mode::thread,
                 std::vector<std::string> capabilities = {}) {
    agent_id id;
    step([&](auto& me, auto&) { id = me.on_agent_up({kind, capabilities, isolation, 1, "1"}); });
    return id;
  }
  std::vector<agent_id> agents(int count) {
    std::vector<agent_id> ids;
    ids.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) ids.push_back(agent());
    return ids;
  }
  void finish(const start_task& started, errc code = errc::none) {
    finish(started.agent, outcome_of(started.order.task, code));
  }
  void finish(agent_id who, task_outcome outcome) {
    step([&](auto& me, auto& out) { me.on_finished(who, std::move(outcome), now, out); });
  }
  void die(agent_id who) {
    step([&](auto& me, auto& out) { me.on_agent_down(who, "its thread ended", now, out); });
  }
  static task_outcome outcome_of(const task_epoch& which, errc code = errc::none) {
    task_outcome out;
    out.id = which.id;
    out.epoch = which.epoch;
    out.code = code;
    return out;
  }

  // -- the leader

  void grant(const std::vector<task_epoch>& tasks, const task_spec& spec = work(), std::uint8_t priority = 5) {
    grant_batch batch;
    batch.shapes = {spec.shape};
    for (const auto& each : tasks) {
      auto& one = batch.grants.emplace_back();
      one.id = each.id;
      one.epoch = each.epoch;
      one.attempt = 1;
      one.priority = priority;
      one.payload = spec.payload;
    }
    grant(std::move(batch));
  }
  void grant(grant_batch batch) {
    step([&](auto& me, auto& out) { me.on_grants(std::move(batch), now, out); });
  }
  void cancel(const task_epoch& which, errc why = errc::cancelled) {
    step([&](auto& me, auto& out) { me.on_cancel({which, why}, now, out); });
  }
  void renewed(const lease_renewal& asked, std::vector<task_epoch> fenced = {}) {
    step([&](auto& me, auto& out) { me.on_renewed({asked.sequence, milliseconds{15'000}, fenced}, now, out); });
  }
  void receipt(std::uint64_t sequence) {
    step([&](auto& me, auto&) { me.on_receipts({sequence, {}}); });
  }
  void leader_up() {
    step([](auto& me, auto& out) { me.on_leader_up(out); });
  }
  void drain() {
    step([&](auto& me, auto& out) { me.on_drain(now, out); });
  }

  // -- devices

  void lease(agent_id who, std::uint64_t number, device_id device = {}) {
    step([&](auto& me, auto& out) { me.on_lease_granted(who, device, {number}, number * 10, now, out); });
  }
  void lose_lease(agent_id who, errc why, device_id device = {}, lease_id lease = {}) {
    const std::string words = "the device says so";
    step([&](auto& me, auto& out) { me.on_lease_lost(who, device, lease, error{why, words}, now, out); });
  }

  // -- time

  /// Time passes in ticks of 100 ms. `answering`: the leader answers every renewal.
  void pass(duration time, bool answering = true) {
    for (const auto until = now + time; now < until;) {
      now += std::min<duration>(100ms, until - now);
      step([&](auto& me, auto& out) { me.on_tick(now, out); });
      if (!answering) continue;
      for (const auto& asked : heard<lease_renewal>()) renewed(asked);
    }
  }

  // -- what was said

  /// Returns the messages of one type that the leader was sent since the last call.
  template <class Message>
  std::vector<Message> heard() {
    std::vector<Message> found;
    std::erase_if(told, [&](const tell_leader& one) {
      if (!std::holds_alternative<Message>(one.message)) return false;
      found.push_back(std::get<Message>(one.message));
      return true;
    });
    return found;
  }

  /// Returns the outcomes that the leader was sent since the last call.
  std::vector<task_outcome> outcomes() {
    std::vector<task_outcome> all;
    for (auto& batch : heard<outcome_batch>())
      for (auto& outcome : batch.outcomes) all.push_back(std::move(outcome));
    return all;
  }
  task_outcome only_outcome() {
    auto all = outcomes();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? task_outcome{} : all.front();
  }

  /// Returns the tasks that agents were given since the last call.
  std::vector<start_task> starts() { return std::exchange(started, {}); }
  std::vector<task_epoch> started_tasks() {
    std::vector<task_epoch> tasks;
    for (const auto& each : starts()) tasks.push_back(each.order.task);
    return tasks;
  }
  start_task only_start() {
    auto all = starts();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? start_task{} : std::move(all.front());
  }

  node_dispatch dispatch;
  time_point now{1'000s};
  std::vector<tell_leader> told;
  std::vector<start_task> started;
  std::vector<stop_task> stops;
  std::vector<abandon_agent> abandoned;
  std::vector<ask_lease> asked;
  std::vector<return_lease> returned;
  std::vector<reserve_share> reserved;
  std::vector<claim_reservation> claimed;
  std::vector<end_reservation> unreserved;
  std::vector<restart_node> restarts;
  std::vector<quarantine_device> quarantined;
  int times_drained = 0;

 private:
  void note(tell_leader&& one) { told.push_back(std::move(one)); }
  void note(start_task&& one) { started.push_back(std::move(one)); }
  void note(stop_task&& one) { stops.push_back(one); }
  void note(abandon_agent&& one) { abandoned.push_back(one); }
  void note(ask_lease&& one) { asked.push_back(one); }
  void note(return_lease&& one) { returned.push_back(one); }
  void note(reserve_share&& one) { reserved.push_back(one); }
  void note(claim_reservation&& one) { claimed.push_back(one); }
  void note(end_reservation&& one) { unreserved.push_back(one); }
  void note(restart_node&& one) { restarts.push_back(std::move(one)); }
  void note(quarantine_device&& one) { quarantined.push_back(std::move(one)); }
  void note(drained&&) { ++times_drained; }
};

}  // namespace dunlin
