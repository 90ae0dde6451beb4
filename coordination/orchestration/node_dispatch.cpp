// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/node_dispatch.hpp"

#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

namespace {

/// Agents that run apart from this process' own threads may take it down; the leader must know that they began.
bool reports_start(isolation_mode isolation) noexcept { return isolation != isolation_mode::async; }

std::string no_device_in_words(const affinity& where, std::size_t devices) {
  return "there is no device " + std::to_string(where.device) + " here, only 0 to " + std::to_string(devices - 1);
}

}  // namespace

node_dispatch::node_dispatch(node_dispatch_config config)
    : config_(std::move(config)),
      policy_(make_policy("least_loaded", workers_).value()),
      ready_(config_.aging_step),
      backends_(config_.devices, config_.breaker, config_.max_memory_per_task),
      outbox_(std::min<std::size_t>(config_.batch_limit, outbox::max_outcomes)),
      renewals_(config_.lease, config_.renew_every) {}

node_dispatch::~node_dispatch() = default;

// -- agents

agent_id node_dispatch::on_agent_up(const agent_class& its_class) {
  const auto worker = workers_.add_worker(1);
  if (worker >= agents_.size()) agents_.resize(worker + 1);
  auto& row = agents_[worker];
  ++row.generation;
  row.worker = worker;
  row.its_class = intern(its_class);
  row.present = true;
  std::vector<shape_id> served;
  for (const auto shape : known_shapes_)
    if (serves(its_class, shapes_.at(shape))) served.push_back(shape);
  workers_.set_eligible(served, worker, true);
  room_freed_ = true;
  return row.id();
}

const agent_class* node_dispatch::intern(const agent_class& its_class) {
  const auto known = std::ranges::find_if(classes_, [&](const auto& have) { return *have == its_class; });
  if (known != classes_.end()) return known->get();
  return classes_.emplace_back(std::make_unique<agent_class>(its_class)).get();
}

void node_dispatch::on_agent_down(agent_id agent, const std::string& why, time_point now, node_effects& out) {
  auto* row = find(agent);
  if (row == nullptr) return;
  if (row->busy()) {
    // Whoever was asked to stop and dies of it has not crashed.
    auto outcome = row->outcome(row->stop_why == errc::none ? errc::crashed : row->stop_why, why);
    outcome.crashed = row->stop_why == errc::none;
    outcome.usage.run_ns = elapsed_ns(row->started_at, now);
    outbox_.add(std::move(outcome));
    end_reserved(*row, out);
    release(*row, out);
    leave(*row);
  }
  remove_agent(*row);
  finish_drain(out);
}

void node_dispatch::remove_agent(agent_row& row) {
  workers_.remove_worker(row.worker);
  row.clear_task();
  row.present = false;
}

agent_row* node_dispatch::find(agent_id agent) noexcept {
  const auto worker = agent_row::worker_of(agent);
  if (worker >= agents_.size() || !agents_[worker].present || agents_[worker].id() != agent) return nullptr;
  return &agents_[worker];
}

agent_row* node_dispatch::find_running(const task_epoch& task) noexcept {
  const auto at = std::ranges::find_if(agents_, [&](const agent_row& row) {
    return row.present && row.busy() && row.task.id == task.id && row.task.epoch <= task.epoch;
  });
  return at == agents_.end() ? nullptr : &*at;
}

// -- grants

shape_id node_dispatch::intern(const task_shape& shape) {
  const auto known = shapes_.size();
  const auto id = shapes_.intern(shape);
  if (shapes_.size() == known) {
    shapes_.release(id);  // one reference a shape is enough: `forget_idle_shapes` gives it back
    return id;
  }
  std::vector<worker_slot> eligible;
  for (const auto& row : agents_)
    if (row.present && serves(*row.its_class, shape)) eligible.push_back(row.worker);
  workers_.define_shape(id, eligible);
  known_shapes_.push_back(id);
  if (id >= thread_needs_.size()) thread_needs_.resize(id + 1);
  thread_needs_[id] = need_of(shape);
  return id;
}

/// Shapes stay known between batches, since defining one costs a look at every agent; a stream of ever new shapes
/// must not fill the memory.
void node_dispatch::forget_idle_shapes() {
  if (known_shapes_.size() <= max_idle_shapes || running_ + queued_ > 0) return;
  for (const auto shape : known_shapes_) {
    workers_.forget_shape(shape);
    shapes_.release(shape);
  }
  known_shapes_.clear();
  shapes_.clear_retired();
}

void node_dispatch::on_grants(grant_batch&& batch, time_point now, node_effects& out, wall_ms wall) {
  forget_idle_shapes();
  std::vector<shape_id> shapes;
  shapes.reserve(batch.shapes.size());
  for (const auto& shape : batch.shapes) shapes.push_back(intern(shape));
  for (auto& grant : batch.grants) {
    const task_epoch task{grant.id, grant.epoch};
    if (draining_)
      returned_.push_back(task);
    else if (grant.shape >= shapes.size())
      refuse(task, errc::protocol_violation, "the grant names a shape that its batch does not carry");
    else if (!has_device(shapes_.at(shapes[grant.shape]).where))
      refuse(task, errc::infeasible, no_device_in_words(shapes_.at(shapes[grant.shape]).where, config_.devices.size()));
    else if (!can_serve(shapes[grant.shape]))
      refuse(task, errc::unknown_kind, "no agent here serves '" + shapes_.at(shapes[grant.shape]).kind + "'");
    else
      park(std::move(grant), shapes[grant.shape], now, wall, out);
  }
}

/// The leader may know another list of devices, or none.
bool node_dispatch::has_device(const affinity& where) const noexcept {
  return where.device < 0 || static_cast<std::size_t>(where.device) < config_.devices.size();
}

/// Also while every agent of the right class is being replaced: the task waits for the next one.
bool node_dispatch::can_serve(shape_id shape) const {
  return !workers_.eligible(shape).empty() ||
         std::ranges::any_of(classes_, [&](const auto& each) { return serves(*each, shapes_.at(shape)); });
}

void node_dispatch::refuse(const task_epoch& task, errc code, std::string why) {
  task_outcome outcome;
  outcome.id = task.id;
  outcome.epoch = task.epoch;
  outcome.code = code;
  outcome.why = std::move(why);
  outbox_.add(std::move(outcome));
}

void node_dispatch::park(task_grant&& grant, shape_id shape, time_point now, wall_ms wall, node_effects& out) {
  std::uint32_t index = 0;
  if (free_waiting_.empty()) {
    index = static_cast<std::uint32_t>(waiting_.size());
    waiting_.emplace_back();
  } else {
    index = free_waiting_.back();
    free_waiting_.pop_back();
  }
  auto& row = waiting_[index];
  row.grant = std::move(grant);
  row.shape = shape;
  row.since = now;
  row.ends.reset();
  if (row.grant.deadline != 0 && wall != 0)
    row.ends = now + std::max(milliseconds{0}, milliseconds{row.grant.deadline - wall});
  row.boosts = begun(row.grant.boosts, now);
  row.present = true;
  ++queued_;
  if (!row.grant.reserved.empty()) return reserve(index, now, out);
  // A node holds no more than it runs soon: a boost that ends meanwhile still counts here.
  ready_.push({index, row.generation}, shape, raised(row.grant.priority, row.boosts, now), now);
}

waiting_task node_dispatch::unpark(std::uint32_t index) {
  auto& row = waiting_[index];
  waiting_task out = std::exchange(row, {});
  row.generation = out.generation + 1;
  if (out.awaits_begin) std::erase(reserving_, index);
  free_waiting_.push_back(index);
  --queued_;
  return out;
}

bool node_dispatch::is_waiting(task_slot slot) const noexcept {
  return waiting_[slot.index].present && waiting_[slot.index].generation == slot.generation;
}

// -- placement

void node_dispatch::flush(time_point now, node_effects& out) {
  begin_reserved(now);
  if (std::exchange(room_freed_, false)) ready_.unpark_all();
  const auto has_room = [this](shape_id shape) { return this->has_room(shape); };
  const auto is_ready = [this](task_slot slot) { return is_waiting(slot); };
  ready_.tidy(queued_, is_ready);
  while (running_ < config_.max_concurrent) {
    const auto next = ready_.pop_best(has_room, is_ready);
    if (!next) break;
    const auto worker = policy_->pick(next->shape);
    if (!worker) break;  // cannot be: `has_room` held
    assign(agents_[*worker], unpark(next->task.index), now, out);
  }
  pack(out);
}

bool node_dispatch::has_room(shape_id shape) const {
  return workers_.has_room(shape) && has_thread(thread_needs_[shape]);
}

void node_dispatch::assign(agent_row& row, waiting_task&& task, time_point now, node_effects& out) {
  const auto& shape = shapes_.at(task.shape);
  workers_.add_load(row.worker, 1);
  const auto stand_in = task.stand_in;
  row.take(std::move(task));
  auto chosen = choose_backend(row, now);
  enter(row);
  if (stand_in) out.push_back(claim_reservation{stand_in, device_of(shape), row.id()});
  if (chosen)
    proceed(row, now, out);
  else
    turn_away(row, std::move(chosen.error()), now, out);
}

void node_dispatch::start(agent_row& row, time_point now, node_effects& out) {
  const auto& shape = shapes_.at(row.shape);
  row.phase = agent_phase::working;
  row.started_at = now;
  if (!row.goes_on) row.deadline = now + shape.timeout;
  if (row.ends) row.deadline = std::min(row.deadline, *row.ends);
  if (reports_start(row.its_class->isolation) || !shape.reserved.empty()) started_.push_back(row.task);
  task_order order;
  order.task = row.task;
  order.attempt = row.attempt;
  order.priority = row.priority;
  order.deadline = row.deadline;
  order.memory_cap = wish_of(shape, row.variant).host_bytes;
  order.device_bytes = wish_of(shape, row.variant).gpu_bytes;
  order.plain_kernels = row.backend && row.backend->plain_kernels;
  // What has a choice may have to begin once more.
  order.payload = row.backend ? row.payload : std::move(row.payload);
  order.checkpoint = row.backend ? row.checkpoint : std::move(row.checkpoint);
  order.lease = row.lease;
  order.lease_token = row.lease_token;
  order.device = row.device;
  out.push_back(start_task{row.id(), std::move(order)});
}

void node_dispatch::on_finished(agent_id agent, task_outcome&& outcome, time_point now, node_effects& out,
                                std::optional<device_id> by_device) {
  auto* row = find(agent);
  const bool runs_it = row != nullptr && row->busy() && row->task == task_epoch{outcome.id, outcome.epoch};
  if (by_device && breaks_device(outcome.code)) quarantine(*by_device, outcome.why, runs_it ? row : nullptr, now, out);
  if (!runs_it) return;  // an abandoned handler came back late
  // Only a device's own word is believed; stopped for another's fault, it may go on.
  if (!by_device && breaks_device(outcome.code) && row->stop_why == errc::none) outcome.code = errc::handler_failed;
  if (settle_backend(*row, outcome, by_device.has_value(), now, out)) return;
  if (outcome.code != errc::none && row->stop_why != errc::none) outcome.code = row->stop_why;
  if (outcome.code == errc::timeout) outcome.code = row->overtime(now);  // a process is killed at its deadline
  outcome.usage.queue_ns += elapsed_ns(row->arrived_at, row->started_at);
  outbox_.add(std::move(outcome));
  free_agent(*row, now, out);
  finish_drain(out);
}

void node_dispatch::free_agent(agent_row& row, time_point now, node_effects& out) {
  leave(row);
  workers_.remove_load(row.worker, 1);
  const auto shape = row.shape;
  end_reserved(row, out);
  row.clear_task();
  if (row.lease && !reuse_lease(row, shape, now, out)) release(row, out);
}

}  // namespace dunlin
