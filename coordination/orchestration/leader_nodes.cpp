// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/leader_nodes.hpp"

#include <algorithm>
#include <string_view>

#include "coordination/orchestration/serving.hpp"

namespace dunlin {

leader_node& leader_nodes::add(node_report&& report, owner_slot owner, worker_slot worker) {
  const auto life = report.life.value;
  auto node = std::make_unique<leader_node>();
  node->report = std::move(report);
  node->owner = owner;
  node->worker = worker;
  if (worker >= by_worker_.size()) by_worker_.resize(worker + 1);
  by_worker_[worker] = node.get();
  return *(by_life_[life] = std::move(node));
}

void leader_nodes::remove(incarnation life) {
  const auto at = by_life_.find(life.value);
  if (at == by_life_.end()) return;
  by_worker_[at->second->worker] = nullptr;
  by_life_.erase(at);
}

leader_node* leader_nodes::find(incarnation life) noexcept {
  const auto at = by_life_.find(life.value);
  return at == by_life_.end() ? nullptr : at->second.get();
}

const leader_node* leader_nodes::find(incarnation life) const noexcept {
  const auto at = by_life_.find(life.value);
  return at == by_life_.end() ? nullptr : at->second.get();
}

leader_node* leader_nodes::find(const std::string& name) noexcept {
  const auto at = std::ranges::find_if(by_life_, [&](const auto& entry) { return entry.second->report.node == name; });
  return at == by_life_.end() ? nullptr : at->second.get();
}

leader_node* leader_nodes::by_owner(owner_slot owner) noexcept {
  const auto at = std::ranges::find_if(by_life_, [&](const auto& entry) { return entry.second->owner == owner; });
  return at == by_life_.end() ? nullptr : at->second.get();
}

std::vector<const leader_node*> leader_nodes::sorted() const {
  std::vector<const leader_node*> out;
  out.reserve(by_life_.size());
  for (const auto& [life, node] : by_life_) out.push_back(node.get());
  std::ranges::sort(out, {}, [](const leader_node* node) -> const std::string& { return node->report.node; });
  return out;
}

namespace {

std::string_view name_of(isolation_mode isolation) {
  switch (isolation) {
    case isolation_mode::thread:
      return "thread";
    case isolation_mode::process:
      return "process";
    case isolation_mode::async:
      return "async";
    case isolation_mode::automatic:
      break;
  }
  return "auto";
}

/// Returns why these agents do not serve the task; empty if they do.
std::string why_not(const agent_class& agents, const task_shape& shape) {
  const auto of_kind = "its agents for '" + shape.kind + "' ";
  if (const auto missing = missing_capability(agents, shape); !missing.empty())
    return of_kind + "lack capability '" + std::string{missing} + "'";
  if (gives_isolation(agents, shape)) return {};
  return of_kind + "run with isolation '" + std::string{name_of(agents.isolation)} + "', not '" +
         std::string{name_of(shape.isolation)} + "'";
}

/// Which of several devices it is then is decided where it runs.
bool needs_gpu(const task_shape& shape) { return shape.needs.gpu_milli > 0 || !shape.variants.empty(); }

/// Returns why the node has no device as the task asks for it; empty if it has.
std::string lacking_device(const node_report& node, const task_shape& shape) {
  if (shape.where.device < 0 && (shape.sharing == sharing_pattern::any || needs_gpu(shape))) return {};
  if (node.devices.empty()) return "it has no device to lease";
  const auto wanted = device_of(shape).value;
  const auto listed = std::ranges::find(node.devices, device_id{wanted}, &device_summary::id);
  if (listed != node.devices.end() && listed->quarantine.empty()) return {};
  if (listed != node.devices.end())
    return "its device " + std::to_string(wanted) + " is quarantined (" + listed->quarantine + ")";
  return "the task asks for device " + std::to_string(wanted) + ", the node has " +
         std::to_string(node.devices.size()) + " counted from 0";
}

/// Returns why nobody can reserve a share of the device that the task asks for; empty if it can be done.
std::string lacking_reservations(const node_report& node, const task_shape& shape) {
  if (shape.reserved.empty()) return {};
  const auto listed = std::ranges::find(node.devices, device_of(shape), &device_summary::id);
  if (listed == node.devices.end() || listed->shared_as.empty()) return {};
  return "several nodes work on its device, and keep nothing free for later";
}

/// Returns what the node's devices cannot give; empty if they can. `named` is the device that the task asks for, -1 =
/// any.
std::string lacking(const node_report& node, const resources& needs, std::int32_t named) {
  const auto total = total_of(node);
  std::uint64_t gpu_milli = 0;
  std::uint64_t gpu_bytes = 0;
  std::string quarantined;
  for (const auto& device : node.devices) {
    if (device.kind == "cpu" || (named >= 0 && device.id.value != static_cast<std::uint64_t>(named))) continue;
    if (!device.quarantine.empty()) {
      quarantined += "; device " + std::to_string(device.id.value) + " is quarantined (" + device.quarantine + ")";
      continue;
    }
    gpu_milli += 1'000;
    gpu_bytes = std::max(gpu_bytes, device.memory_bytes);
  }
  const auto short_of = [](const std::string& what, std::uint64_t needed, std::uint64_t has) {
    return "needs " + std::to_string(needed) + " " + what + ", has " + std::to_string(has);
  };
  if (needs.cpu_milli > total.cpu_milli) return short_of("cpu milli", needs.cpu_milli, total.cpu_milli);
  if (needs.host_bytes > total.host_bytes) return short_of("host bytes", needs.host_bytes, total.host_bytes);
  if (const auto most = node.max_memory_per_task; most > 0 && needs.host_bytes > most)
    return "needs " + std::to_string(needs.host_bytes) + " host bytes, a task there may have " + std::to_string(most);
  if (needs.gpu_milli > gpu_milli) return short_of("gpu milli", needs.gpu_milli, gpu_milli) + quarantined;
  if (needs.gpu_bytes > gpu_bytes) return short_of("bytes on one gpu", needs.gpu_bytes, gpu_bytes) + quarantined;
  return {};
}

}  // namespace

std::string why_not(const node_report& node, const task_shape& shape) {
  if (!shape.where.node.empty() && shape.where.node != node.node)
    return "the task asks for node '" + shape.where.node + "'";
  std::string reason = "no agent for kind '" + shape.kind + "'";
  const bool served = std::ranges::any_of(node.agents, [&](const agent_class& agents) {
    if (agents.kind != shape.kind) return false;
    const auto why = why_not(agents, shape);
    if (!why.empty()) reason = why;
    return why.empty();
  });
  if (!served) return reason;
  reason = lacking_device(node, shape);
  if (reason.empty()) reason = lacking_reservations(node, shape);
  if (!reason.empty()) return reason;
  const auto named = shape.where.device;
  reason = lacking(node, shape.needs, named);
  if (reason.empty() || shape.variants.empty()) return reason;
  const bool fits = std::ranges::any_of(
      shape.variants, [&](const resources& variant) { return lacking(node, variant, named).empty(); });
  return fits ? std::string{} : reason + ", and no variant fits";
}

resource_sum total_of(const node_report& node) {
  resource_sum total;
  for (const auto& device : node.devices) {
    if (!device.quarantine.empty()) continue;
    if (device.kind == "cpu") {
      total.cpu_milli += std::uint64_t{device.compute_units} * 1'000;
      total.host_bytes += device.memory_bytes;
    } else {
      total.gpu_milli += 1'000;
      total.gpu_bytes += device.memory_bytes;
    }
  }
  return total;
}

bool needs_room(const task_shape& shape) {
  return shape.reserved.empty() && (shape.needs != resources{} || !shape.variants.empty());
}

std::optional<std::uint8_t> free_variant(const leader_node& node, const task_shape& shape, const resource_sum& in_use) {
  const auto last = static_cast<std::uint8_t>(shape.variants.size());
  for (std::uint8_t variant = 0; variant <= last; ++variant) {
    const auto& wish = wish_of(shape, variant);
    if (fits_beside(wish, in_use, node.total) && lacking(node.report, wish, shape.where.device).empty()) return variant;
  }
  return std::nullopt;
}

}  // namespace dunlin
