// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/node/node_rig.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "gpu/cpu/cpu_device.hpp"

namespace dunlin::testing {

class wire_end final : public peer_channel {
 public:
  wire_end(std::shared_ptr<node_wire> wire, std::string name, incarnation life)
      : wire_(std::move(wire)), name_(std::move(name)), life_(life) {}
  result<void> send(const std::string& node, agent_traffic&& message) override {
    return wire_->carry(name_, life_, node, std::move(message));
  }
  result<void> send(const std::string& node, sharing_traffic&& message) override {
    return wire_->carry(life_, node, std::move(message));
  }

 private:
  std::shared_ptr<node_wire> wire_;
  std::string name_;
  incarnation life_;
};

result<void> node_wire::send(const std::string& node, agent_traffic&& message) {
  return carry("", {}, node, std::move(message));
}

result<void> node_wire::send(const std::string& node, sharing_traffic&& message) {
  return carry(incarnation{}, node, std::move(message));
}

std::shared_ptr<peer_channel> node_wire::end_of(std::string name, incarnation life) {
  return std::make_shared<wire_end>(shared_from_this(), std::move(name), life);
}

void node_wire::plug(const std::string& name, local_node* node) {
  std::lock_guard lock{mutex_};
  nodes_[name] = node;
}

void node_wire::cut(const std::string& name, incarnation life) {
  std::lock_guard lock{mutex_};
  nodes_.erase(name);
  for (const auto& [other, node] : nodes_) node->on_peer_lost(name, life, "its process ended");
}

void node_wire::swallow(const std::string& name) {
  std::lock_guard lock{mutex_};
  swallowed_ = name;
}

void node_wire::refuse_answers() {
  std::lock_guard lock{mutex_};
  refuses_answers_ = true;
}

bool node_wire::wait_for_swallowed() {
  std::unique_lock lock{mutex_};
  return lost_.wait_for(lock, patience, [this] { return has_lost_; });
}

result<void> node_wire::carry(const std::string& from, incarnation life, const std::string& to,
                              agent_traffic&& message) {
  std::lock_guard lock{mutex_};
  const auto at = nodes_.find(to);
  if (at == nodes_.end()) return fail(errc::unreachable, "there is no node '" + to + "'");
  if (const auto* answer = std::get_if<agent_answer>(&message); refuses_answers_ && answer && !answer->body.empty())
    return fail(errc::too_large, "the wire is thin");
  if (to == swallowed_) {
    has_lost_ = true;
    lost_.notify_all();
    return {};
  }
  std::visit(
      [&](auto& one) {
        using message_type = std::decay_t<decltype(one)>;
        at->second->hear(from, life, codec::from_wire<message_type>(codec::to_wire(one)).value());
      },
      message);
  return {};
}

result<void> node_wire::carry(incarnation life, const std::string& to, sharing_traffic&& message) {
  std::lock_guard lock{mutex_};
  const auto at = nodes_.find(to);
  if (at == nodes_.end()) return fail(errc::unreachable, "there is no node '" + to + "'");
  std::visit(
      [&](auto& one) {
        using message_type = std::decay_t<decltype(one)>;
        at->second->hear(life, codec::from_wire<message_type>(codec::to_wire(one)).value());
      },
      message);
  return {};
}

void recording_events::on_drained() {
  std::lock_guard lock{mutex_};
  drained_ = true;
  happened_.notify_all();
}

void recording_events::on_broken(std::string why) {
  std::lock_guard lock{mutex_};
  if (broken_.empty()) broken_ = std::move(why);
  happened_.notify_all();
}

bool recording_events::wait_drained() {
  std::unique_lock lock{mutex_};
  return happened_.wait_for(lock, patience, [this] { return drained_; });
}

std::string recording_events::wait_broken() {
  std::unique_lock lock{mutex_};
  happened_.wait_for(lock, patience, [this] { return !broken_.empty(); });
  return broken_;
}

bool recording_events::is_drained() {
  std::lock_guard lock{mutex_};
  return drained_;
}

bool recording_events::is_broken() {
  std::lock_guard lock{mutex_};
  return !broken_.empty();
}

node_rig::node_rig(caf::actor_system& system, rig_options options)
    : name_(options.name),
      life_(options.life.value_or(incarnation{std::hash<std::string>{}(options.name)})),
      wire_(std::move(options.wire)) {
  if (!wire_) wire_ = std::make_shared<node_wire>();
  std::string pattern = ::testing::TempDir() + "dunlin-node-XXXXXX";
  work_root_ = ::mkdtemp(pattern.data());
  device = std::move(options.device);
  if (!device) {
    cpu_device_options processor;
    processor.workers = options.workers;
    processor.memory_bytes = 64 << 20;
    processor.stop_patience = std::chrono::milliseconds{500};
    device = cpu_device::make(std::move(processor)).value();
  }
  local_node_config config;
  config.name = name_;
  config.life = life_;
  config.work_root = work_root_;
  if (options.adjust) options.adjust(config);
  local_node_parts parts{std::move(options.kinds), {device}, leader, wire_->end_of(name_, life_), events};
  auto started = local_node::start(system, std::move(config), std::move(parts));
  if (!started) throw std::runtime_error(to_string(started.error()));
  node = std::move(*started);
  leader->answer_to(node.get());
  wire_->plug(name_, node.get());
  node->on_leader_up();
  const auto reported = leader->until([](const auto& all) { return !all.reports.empty(); });
  if (!reported) throw std::runtime_error("the node did not report");
}

node_rig::~node_rig() {
  die();
  device.reset();
  std::filesystem::remove_all(work_root_);
}

void node_rig::die() {
  leader->answer_to(nullptr);
  wire_->cut(name_, life_);
  node.reset();
}

grant_batch make_grant(const grant_options& what, const task_id& id, fencing_token epoch) {
  grant_batch batch;
  auto& shape = batch.shapes.emplace_back();
  shape.kind = what.kind;
  shape.timeout = what.timeout;
  shape.where.device = what.on;
  shape.needs.host_bytes = what.host_bytes;
  if (!what.variants.empty()) shape.needs.gpu_milli = what.gpu_milli;
  if (what.device) {
    shape.sharing = sharing_pattern::exclusive;
    shape.needs.gpu_milli = what.gpu_milli;
    shape.needs.gpu_bytes = what.device_bytes;
  }
  shape.reserved = what.reserved;
  shape.variants = what.variants;
  auto& grant = batch.grants.emplace_back();
  grant.reserved = what.reserved;
  grant.id = id;
  grant.epoch = epoch;
  grant.attempt = what.attempt;
  grant.priority = what.priority;
  grant.deadline = what.deadline;
  grant.payload = to_bytes(what.payload);
  grant.checkpoint = to_bytes(what.checkpoint);
  return batch;
}

task_id node_rig::grant(const grant_options& what) {
  const task_id id{life_.value, ++grants_};
  node->hear(make_grant(what, id, make_epoch(1, static_cast<std::uint32_t>(grants_))));
  return id;
}

task_outcome node_rig::run(const std::string& kind, const std::string& payload) {
  grant_options what;
  what.kind = kind;
  what.payload = payload;
  return run(what);
}

void node_rig::coordinate(const share_options& options) { node->hear(coordinate_order{{}, options}); }

void node_rig::cancel(const task_id& task, errc why) {
  node->hear(cancel_order{{task, make_epoch(1, static_cast<std::uint32_t>(task.low))}, why});
}

}  // namespace dunlin::testing
