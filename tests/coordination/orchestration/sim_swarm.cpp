// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/orchestration/sim_swarm.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::sim {

namespace {

constexpr duration leader_tick = 50ms;
constexpr duration node_tick = 50ms;
constexpr duration heartbeat_every = 250ms;
constexpr duration longest_delay = 5ms;

agent_class work_class() { return {"work", {"any"}, isolation_mode::thread, 1, "1"}; }

orchestration_config config_of() {
  orchestration_config out;
  out.tasks.lease = 2s;
  out.tasks.grace = 500ms;
  return out;
}

}  // namespace

sim_swarm::sim_swarm(const sim_options& options) : options_(options), random_(options.seed) {
  leader_ = orchestration::make(config_of(), options.seed, 1).value();
  nodes_.resize(options.nodes);
  for (std::uint32_t i = 0; i < options.nodes; ++i) {
    nodes_[i].name = "n" + std::to_string(i);
    start_node(i);
  }
  after(leader_tick, [this] { tick_leader(); });
}

void sim_swarm::after(duration delay, std::function<void()> what) {
  events_.push({now_ + delay, ++order_, std::move(what)});
}

duration sim_swarm::some_delay(duration longest) {
  return duration{static_cast<std::int64_t>(random(static_cast<std::uint64_t>(longest.count())))};
}

// -- time

void sim_swarm::run_for(duration time) {
  const auto until = now_ + time;
  while (!events_.empty() && events_.top().at <= until) {
    auto next = events_.top();
    events_.pop();
    wall_ += std::chrono::duration_cast<milliseconds>(next.at - now_).count();
    now_ = next.at;
    next.what();
  }
  now_ = until;
}

bool sim_swarm::run_until_done(duration longest) {
  const auto until = now_ + longest;
  while (now_ < until && leader_->tasks().live() > 0) run_for(100ms);
  return leader_->tasks().live() == 0;
}

// -- clients

std::vector<task_id> sim_swarm::submit(std::vector<task_spec> batch) {
  answer_ = fail(errc::internal, "no answer");
  decide([&](leader_effects& out) { leader_->on_submit({1}, std::move(batch), 7, now(), out); });
  std::vector<task_id> ids;
  if (answer_)
    for (const auto& each : *answer_) ids.push_back(each.id);
  return ids;
}

void sim_swarm::cancel(const task_id& id) {
  decide([&](leader_effects& out) { leader_->on_cancel({2}, id, now(), out); });
}

// -- nodes

void sim_swarm::start_node(std::uint32_t index) {
  auto& which = nodes_[index];
  which.life = {++lives_};
  node_dispatch_config config;
  config.max_concurrent = options_.agents;
  config.lease = 2s;
  config.renew_every = 500ms;
  config.stop_patience = 200ms;
  config.stuck_limit = 1'000;
  which.dispatch = std::make_unique<node_dispatch>(config);
  which.alive = true;
  for (std::uint32_t i = 0; i < options_.agents; ++i) which.dispatch->on_agent_up(work_class());
  connect(index);
  after(node_tick, [this, index, life = which.life] { tick_node(index, life); });
  after(heartbeat_every, [this, index, life = which.life] { beat(index, life); });
}

void sim_swarm::connect(std::uint32_t index) {
  auto& which = nodes_[index];
  which.link = ++links_;
  decide_node(index, which.life, [](node& me, node_effects& out) { me.dispatch->on_leader_up(out); });
  node_report report;
  report.node = which.name;
  report.life = which.life;
  report.agents = {work_class()};
  report.agents.front().instances = options_.agents;
  report.max_concurrent = options_.agents;
  report.max_queued = options_.agents;
  report.held = which.dispatch->held();
  to_leader(index,
            [this, report](incarnation, leader_effects& out) { leader_->on_report(node_report{report}, now(), out); });
}

void sim_swarm::disconnect(std::uint32_t index, bool reaped) {
  auto& which = nodes_[index];
  which.link = 0;
  after(some_delay(longest_delay), [this, life = which.life, reaped] {
    decide([&](leader_effects& out) { leader_->on_disconnected(life, reaped, "the link broke", now(), out); });
  });
}

void sim_swarm::kill_node(std::uint32_t index, duration pause) {
  if (!nodes_[index].alive) return;
  disconnect(index, true);
  nodes_[index].alive = false;
  handlers_.end_of(nodes_[index].life);
  after(longest_delay + pause, [this, index] { start_node(index); });
}

void sim_swarm::break_link(std::uint32_t index, duration pause) {
  auto& which = nodes_[index];
  if (!which.alive || which.link == 0) return;
  disconnect(index, false);
  after(longest_delay + pause, [this, index, life = which.life] {
    if (nodes_[index].alive && nodes_[index].life == life && nodes_[index].link == 0) connect(index);
  });
}

void sim_swarm::beat(std::uint32_t index, incarnation life) {
  auto& which = nodes_[index];
  if (!which.alive || which.life != life) return;
  heartbeat said;
  said.sequence = ++which.beats;
  to_leader(index,
            [this, said](incarnation from, leader_effects& out) { leader_->on_heartbeat(from, said, now(), out); });
  after(heartbeat_every, [this, index, life] { beat(index, life); });
}

void sim_swarm::tick_node(std::uint32_t index, incarnation life) {
  if (!nodes_[index].alive || nodes_[index].life != life) return;
  decide_node(index, life, [this](node& me, node_effects& out) { me.dispatch->on_tick(now_, out); });
  after(node_tick, [this, index, life] { tick_node(index, life); });
}

void sim_swarm::tick_leader() {
  decide([this](leader_effects& out) { leader_->on_tick(now(), out); });
  after(leader_tick, [this] { tick_leader(); });
}

// -- the leader's shell

void sim_swarm::decide(const std::function<void(leader_effects&)>& call) {
  leader_effects out;
  call(out);
  leader_->flush(now(), out);
  for (auto& action : out.now) perform(std::move(action));
  if (refuses(out.commit)) return roll_back(std::move(out));
  note(out.commit);
  for (auto& action : out.after_commit) perform(std::move(action));
}

bool sim_swarm::refuses(const transaction& commit) {
  if (commit.writes.empty()) return false;
  if (options_.refusing > 0 && static_cast<double>(random(10'000)) / 10'000 < options_.refusing) return true;
  return refuse_ends_ && std::ranges::any_of(commit.writes, [](const task_write& write) {
           const auto* update = std::get_if<update_task>(&write);
           return update != nullptr && is_terminal(update->status.state);
         });
}

void sim_swarm::roll_back(leader_effects&& undone) {
  ++refused_;
  answer_ = fail(errc::store_unavailable, "the store refuses");
  const auto touched = touched_by(undone.commit);
  leader_->on_commit_failed(undone.after_commit, touched, stored_.those_of(touched), now());
  decide([](leader_effects&) {});
}

void sim_swarm::note(const transaction& commit) {
  stored_.apply(commit);
  for (const auto& write : commit.writes) {
    const auto* update = std::get_if<update_task>(&write);
    if (update == nullptr) continue;
    if (update->what == transition::grant) grants_[update->id].push_back(update->status.epoch);
    if (is_terminal(update->status.state)) ++ends_[update->id];
  }
}

void sim_swarm::perform(leader_action&& action) {
  if (auto* said = std::get_if<tell_node>(&action)) {
    to_node(said->node, [this, message = said->message](node& me, node_effects& out) {
      if (const auto* grants = std::get_if<grant_batch>(&message))
        me.dispatch->on_grants(grant_batch{*grants}, now_, out, wall_);
      if (const auto* receipts = std::get_if<receipt_batch>(&message)) me.dispatch->on_receipts(*receipts);
      if (const auto* renewed = std::get_if<lease_renewed>(&message)) me.dispatch->on_renewed(*renewed, now_, out);
      if (const auto* order = std::get_if<cancel_order>(&message)) me.dispatch->on_cancel(*order, now_, out);
      if (const auto* order = std::get_if<priority_order>(&message)) me.dispatch->on_priority(*order);
    });
  } else if (auto* answered = std::get_if<answer_submit>(&action)) {
    answer_ = std::move(answered->answer);
  } else if (auto* ended = std::get_if<notify_ended>(&action)) {
    for (const auto& outcome : ended->outcomes) told_ended_.push_back(outcome.id.low);
  } else if (auto* cut = std::get_if<cut_node>(&action)) {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].life == cut->node) break_link(i, 20ms);
  }
}

// -- the links: what is under way is lost with its connection

void sim_swarm::to_node(incarnation life, std::function<void(node&, node_effects&)> call) {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].life != life || nodes_[i].link == 0) continue;
    after(longest_delay, [this, i, life, link = nodes_[i].link, call = std::move(call)] {
      if (nodes_[i].alive && nodes_[i].link == link) decide_node(i, life, call);
    });
    return;
  }
}

void sim_swarm::to_leader(std::uint32_t index, std::function<void(incarnation, leader_effects&)> call) {
  const auto& which = nodes_[index];
  if (which.link == 0) return;
  after(longest_delay, [this, index, life = which.life, link = which.link, call = std::move(call)] {
    if (nodes_[index].link != link) return;
    decide([&](leader_effects& out) { call(life, out); });
  });
}

// -- a node's shell

void sim_swarm::decide_node(std::uint32_t index, incarnation life,
                            const std::function<void(node&, node_effects&)>& call) {
  auto& me = nodes_[index];
  if (!me.alive || me.life != life) return;
  node_effects out;
  call(me, out);
  me.dispatch->flush(now_, out);
  perform_node(index, std::move(out));
}

void sim_swarm::perform_node(std::uint32_t index, node_effects&& effects) {
  for (auto& action : effects) {
    if (auto* start = std::get_if<start_task>(&action)) run_task(index, std::move(*start));
    if (const auto* stop = std::get_if<stop_task>(&action)) {
      after(1ms, [this, index, life = nodes_[index].life, stop = *stop] {
        handlers_.leave(stop.task);
        decide_node(index, life, [&](node& me, node_effects& out) {
          task_outcome outcome;
          outcome.id = stop.task.id;
          outcome.epoch = stop.task.epoch;
          outcome.code = errc::cancelled;
          me.dispatch->on_finished(stop.agent, std::move(outcome), now_, out);
        });
      });
    }
    if (const auto* said = std::get_if<tell_leader>(&action)) {
      to_leader(index, [this, message = said->message](incarnation from, leader_effects& out) {
        if (const auto* starts = std::get_if<start_batch>(&message)) leader_->on_starts(from, *starts, now(), out);
        if (const auto* ends = std::get_if<outcome_batch>(&message))
          leader_->on_outcomes(from, outcome_batch{*ends}, now(), out);
        if (const auto* renewal = std::get_if<lease_renewal>(&message)) leader_->on_renewal(from, *renewal, now(), out);
        if (const auto* back = std::get_if<return_batch>(&message)) leader_->on_returned(from, *back, now(), out);
      });
    }
  }
}

void sim_swarm::run_task(std::uint32_t index, start_task&& start) {
  const auto& task = start.order.task;
  handlers_.enter(task, stored_.at(task.id).spec.locks, nodes_[index].life);
  const auto draw = static_cast<double>(random(10'000)) / 10'000;
  if (draw < options_.hanging) return;  // only a stop ends it
  task_outcome outcome;
  outcome.id = start.order.task.id;
  outcome.epoch = start.order.task.epoch;
  if (draw < options_.hanging + options_.failing) outcome.code = errc::handler_failed;
  outcome.crashed = draw >= 1 - options_.crashing;
  if (outcome.crashed) outcome.code = errc::crashed;
  after(some_delay(options_.longest_run), [this, index, life = nodes_[index].life, agent = start.agent, outcome] {
    handlers_.leave({outcome.id, outcome.epoch});
    decide_node(index, life, [&](node& me, node_effects& out) {
      me.dispatch->on_finished(agent, task_outcome{outcome}, now_, out);
    });
  });
}

}  // namespace dunlin::sim
