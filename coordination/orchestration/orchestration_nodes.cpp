// SPDX-License-Identifier: Apache-2.0
// What nodes say and what becomes of them.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/orchestration.hpp"

namespace dunlin {

// -- joining

void orchestration::on_report(node_report&& report, instant at, leader_effects& out) {
  membership_effects news;
  const auto* member = members_.find(report.node);
  const bool connected = member != nullptr && member->life == report.life && member->is_member() && member->connected;
  if (connected) {
    static_cast<void>(members_.heard(report.node, report.life, at.now, news));
  } else if (auto joined = members_.join(report.node, report.life, at.now, news); !joined) {
    out.now.push_back(cut_node{report.life, std::move(joined.error())});
    return;
  }
  apply(news, at, out);
  auto* node = nodes_.find(report.life);
  const auto life = report.life;
  if (node != nullptr && connected)
    update(*node, std::move(report));
  else
    join(node, std::move(report), at, out);
  note_sharer(*nodes_.find(life), at);
}

/// A new connection: what the node holds now is the truth about it.
void orchestration::join(leader_node* node, node_report&& report, instant at, leader_effects& out) {
  const auto held = std::exchange(report.held, {});
  const auto life = report.life;
  if (node == nullptr) {
    const auto owner = table_.intern_owner(report.node, life);
    table_.on_owner_joined(owner);
    const auto worker = workers_.add_worker(0);
    node = &nodes_.add(std::move(report), owner, worker);
    update(*node, node_report{node->report});
    out.now.push_back(log_event{"node " + node->report.node + " has joined"});
    share_as_before(*node, out);
  } else {
    update(*node, std::move(report));
    out.now.push_back(log_event{"node " + node->report.node + " is back"});
  }
  std::vector<task_epoch> fenced;
  table_.on_adopt(node->owner, held, at, fenced);
  table_.on_not_held(node->owner, held, at, out.commit);
  // It may have missed the order.
  const auto* member = members_.find(node->report.node);
  if (drains_all_ || (member != nullptr && member->draining && !node->report.draining)) drain(*node, out);
  for (const auto& task : fenced) out.after_commit.push_back(tell_node{life, cancel_order{task, errc::fenced_off}});
  say_priorities(*node, held, out);
}

void orchestration::update(leader_node& node, node_report&& report) {
  report.held.clear();
  node.report = std::move(report);
  node.total = total_of(node.report);
  if (node.report.draining) {
    static_cast<void>(members_.drain(node.report.node));
    table_.on_owner_draining(node.owner);
  }
  workers_.set_capacity(node.worker, node.report.max_concurrent + node.report.max_queued);
  set_eligible(node);
  open_or_close(node);
}

void orchestration::set_eligible(const leader_node& node) {
  nodes_changed_ = true;
  std::vector<shape_id> served;
  std::vector<shape_id> others;
  for (shape_id shape = 0; shape < defined_.size(); ++shape)
    if (defined_[shape]) (why_not(node.report, table_.shapes().at(shape)).empty() ? served : others).push_back(shape);
  workers_.set_eligible(served, node.worker, true);
  workers_.set_eligible(others, node.worker, false);
}

void orchestration::open_or_close(leader_node& node) {
  const auto* member = members_.find(node.report.node);
  if (member != nullptr && member->life == node.report.life && member->takes_work()) {
    workers_.open(node.worker);
    room_freed_ = true;
  } else {
    workers_.close(node.worker);
  }
}

// -- signs of life

leader_node* orchestration::heard(incarnation life, instant at, leader_effects& out) {
  auto* node = nodes_.find(life);
  if (node == nullptr) return nullptr;
  membership_effects news;
  const auto known = members_.heard(node->report.node, life, at.now, news);
  apply(news, at, out);
  return known ? nodes_.find(life) : nullptr;
}

void orchestration::on_heartbeat(incarnation life, const heartbeat& beat, instant at, leader_effects& out) {
  auto* node = heard(life, at, out);
  if (node == nullptr) {
    const auto members = members_.list();
    if (std::ranges::find(members, life, &cluster_member::life) != members.end())
      out.now.push_back(cut_node{life, error{errc::fenced_off, "this node was declared down", "join again"}});
    return;  // else its report is still under way
  }
  node->last_beat = beat;
  note_epochs(*node, at);
  out.now.push_back(tell_node{life, heartbeat_answer{beat.sequence, table_.term(), homes_.notices_for(life)}});
}

// -- their work

void orchestration::on_starts(incarnation life, const start_batch& batch, instant at, leader_effects& out) {
  const auto* node = heard(life, at, out);
  if (node == nullptr) return;
  for (const auto& note : batch.chosen) room_freed_ |= table_.on_chosen(node->owner, note);
  for (const auto& task : batch.started) table_.on_start(node->owner, task, at, out.commit);
}

void orchestration::on_outcomes(incarnation life, outcome_batch&& batch, instant at, leader_effects& out) {
  auto* node = heard(life, at, out);
  receipt_batch receipts{batch.sequence, {}};
  receipts.receipts.reserve(batch.outcomes.size());
  const auto owner = node == nullptr ? no_owner : node->owner;
  std::uint64_t recorded = 0;
  for (auto& outcome : batch.outcomes) {
    const task_epoch task{outcome.id, outcome.epoch};
    const auto verdict = table_.on_outcome(owner, std::move(outcome), at, out.commit);
    receipts.receipts.push_back({task.id, task.epoch, verdict});
    note_stopped(task, at, out);
    recorded += verdict == outcome_verdict::recorded ? 1 : 0;
  }
  // A batch that is repeated was counted when it came first.
  if (node != nullptr && batch.sequence > node->last_outcomes) {
    node->last_outcomes = batch.sequence;
    node->completed += recorded;
  }
  receipts_.push_back(tell_node{life, std::move(receipts)});
}

void orchestration::on_progress(incarnation life, const progress_batch& batch, instant at, leader_effects& out) {
  const auto* node = heard(life, at, out);
  if (node == nullptr) return;
  for (const auto& item : batch.items) table_.on_progress(node->owner, item, at, out.commit);
}

void orchestration::on_checkpoints(incarnation life, checkpoint_batch&& batch, instant at, leader_effects& out) {
  const auto* node = heard(life, at, out);
  if (node == nullptr) return;
  for (auto& item : batch.items) table_.on_checkpoint(node->owner, std::move(item), at, out.commit);
}

void orchestration::on_renewal(incarnation life, const lease_renewal& renewal, instant at, leader_effects& out) {
  const auto* node = heard(life, at, out);
  if (node == nullptr) return;
  lease_renewed answer{renewal.sequence, std::chrono::floor<milliseconds>(lease_), {}};
  table_.on_renew(node->owner, renewal.held, at, answer.fenced);
  out.after_commit.push_back(tell_node{life, std::move(answer)});
}

void orchestration::on_returned(incarnation life, const return_batch& batch, instant at, leader_effects& out) {
  const auto* node = heard(life, at, out);
  if (node == nullptr) return;
  for (const auto& task : batch.tasks) table_.on_returned(node->owner, task, at, out.commit);
}

// -- leaving

void orchestration::on_drain(request_id request, const std::string& name, instant, leader_effects& out) {
  std::uint64_t drained = 0;
  drains_all_ |= name.empty();
  nodes_.for_each([&](leader_node& node) {
    if (!name.empty() && node.report.node != name) return;
    ++drained;
    drain(node, out);
  });
  if (drained == 0 && !name.empty())
    out.after_commit.push_back(answer_count{
        request, fail(errc::not_found, "no node '" + name + "' is here", "`dunlin node list` shows the nodes")});
  else
    out.after_commit.push_back(answer_count{request, drained});
}

void orchestration::drain(leader_node& node, leader_effects& out) {
  static_cast<void>(members_.drain(node.report.node));
  table_.on_owner_draining(node.owner);
  workers_.close(node.worker);
  out.now.push_back(tell_node{node.report.life, drain_order{}});
}

void orchestration::on_leaving(incarnation life, const node_leaving& message, instant at, leader_effects& out) {
  const auto* node = nodes_.find(life);
  if (node == nullptr) return;
  table_.on_owner_draining(node->owner);
  membership_effects news;
  members_.leaving(node->report.node, life, message.why, news);
  apply(news, at, out);
}

void orchestration::on_disconnected(incarnation life, bool reaped, const std::string& why, instant at,
                                    leader_effects& out) {
  auto* node = nodes_.find(life);
  if (node == nullptr) return;
  node->reaped = reaped;
  members_.connection_lost(node->report.node, life);
  workers_.close(node->worker);
  if (!reaped) return;  // it may come back; silence decides
  membership_effects news;
  members_.redial_failed(node->report.node, life, why, news);
  apply(news, at, out);
}

void orchestration::on_tick(instant at, leader_effects& out) {
  membership_effects news;
  members_.tick(at.now, news);
  apply(news, at, out);
  homes_.tick(at.now);
  std::vector<stop_order> stops;
  table_.on_tick(at, out.commit, stops);
  for (const auto& order : stops) {
    note_stopping(order, at);
    stop(order, out);
  }
  free_stopped(at, out);
}

// -- what the membership view decided

void orchestration::apply(const membership_effects& news, instant at, leader_effects& out) {
  for (const auto& one : news) std::visit([&](const auto& what) { apply_one(what, at, out); }, one);
}

void orchestration::apply_one(const node_suspect& news, instant, leader_effects& out) {
  if (auto* node = nodes_.find(news.life)) workers_.close(node->worker);
  homes_.on_silent(news.life);
  out.now.push_back(log_event{"node " + news.node + " is silent for " + std::to_string(news.silent_for / 1ms) +
                              " ms: no new grants"});
}

void orchestration::apply_one(const node_back& news, instant, leader_effects& out) {
  if (auto* node = nodes_.find(news.life)) open_or_close(*node);
  homes_.on_answers(news.life);
  out.now.push_back(log_event{"node " + news.node + " answers again"});
}

void orchestration::apply_one(const node_down& news, instant at, leader_effects& out) {
  auto* node = nodes_.find(news.life);
  if (node == nullptr) return;
  const bool reaped = node->reaped;
  if (!reaped)
    out.now.push_back(cut_node{news.life, error{errc::fenced_off, "declared down: " + news.reason, "join again"}});
  lose(*node, reaped, "is down: " + news.reason, at, out);
}

void orchestration::apply_one(const node_left& news, instant at, leader_effects& out) {
  if (auto* node = nodes_.find(news.life)) lose(*node, true, "has left: " + news.why, at, out);
}

void orchestration::lose(leader_node& node, bool reaped, const std::string& why, instant at, leader_effects& out) {
  table_.on_owner_gone(node.owner, reaped, at, out.commit);
  homes_.on_down(node.report.life, reaped, at.now);
  if (reaped) note_gone(node.owner, at, out);
  out.now.push_back(peer_lost{node.report.node, node.report.life, why});
  out.now.push_back(log_event{"node " + node.report.node + " " + why});
  nodes_changed_ = true;
  workers_.remove_worker(node.worker);
  nodes_.remove(node.report.life);
}

}  // namespace dunlin
