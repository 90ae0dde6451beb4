// SPDX-License-Identifier: Apache-2.0
// How devices are shared, as far as the leader has a say: what operators order, and who decides about those that
// several nodes work on.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/orchestration.hpp"
#include "coordination/sharing/shared_device/sharer_part.hpp"

namespace dunlin {

namespace {

const device_load* load_of(const leader_node& node, device_id device) {
  const auto at = std::ranges::find(node.last_beat.devices, device, &device_load::id);
  return at == node.last_beat.devices.end() ? nullptr : &*at;
}

const device_summary* device_called(const leader_node& node, const std::string& shared_as) {
  const auto at = std::ranges::find(node.report.devices, shared_as, &device_summary::shared_as);
  return at == node.report.devices.end() ? nullptr : &*at;
}

/// Items do not pass between nodes.
bool has_stages(const share_options& options) {
  return options.pattern == sharing_pattern::pipeline || !options.stages.empty();
}

}  // namespace

// -- what operators order

result<const device_summary*> orchestration::find_device(const leader_node* node, const std::string& name,
                                                         const coordinate_order& order) const {
  if (node == nullptr)
    return fail(errc::not_found, "no node '" + name + "' is here", "`dunlin node list` shows the nodes");
  const auto& devices = node->report.devices;
  const auto device = std::ranges::find(devices, order.device, &device_summary::id);
  if (device == devices.end())
    return fail(errc::not_found, "node '" + name + "' has no device " + std::to_string(order.device.value),
                "`dunlin gpu list` shows the devices", "device");
  if (auto sound = check_options(order.options, {device->id, device->compute_units, device->memory_bytes}); !sound)
    return fail(std::move(sound.error()));
  if (!device->shared_as.empty() && has_stages(order.options))
    return fail(errc::not_supported, "a device that several nodes work on cannot run stages",
                "share it in another way, or give each node cores of its own", "pattern");
  return &*device;
}

void orchestration::on_coordinate(request_id request, const std::string& name, const coordinate_order& order,
                                  leader_effects& out) {
  const auto* named = nodes_.find(name);
  const auto device = find_device(named, name, order);
  if (!device) return out.after_commit.push_back(answer_count{request, fail(error{device.error()})});
  if (const auto& shared_as = (*device)->shared_as; !shared_as.empty()) {
    homes_.coordinate(shared_as, order.options);  // its home hears of it with its next heartbeat
  } else {
    coordinated_[{name, order.device}] = order.options;
    out.now.push_back(tell_node{named->report.life, order});
  }
  out.after_commit.push_back(answer_count{request, 1});
}

/// A node that was started again knows no order of its earlier life; a device that is another now has its own way.
void orchestration::share_as_before(const leader_node& node, leader_effects& out) const {
  for (const auto& device : node.report.devices) {
    const auto told = coordinated_.find({node.report.node, device.id});
    if (told == coordinated_.end() || !device.shared_as.empty()) continue;
    if (check_options(told->second, {device.id, device.compute_units, device.memory_bytes}))
      out.now.push_back(tell_node{node.report.life, coordinate_order{device.id, told->second}});
  }
}

// -- devices that nodes share

void orchestration::note_sharer(const leader_node& node, instant at) {
  std::vector<std::string> names;
  for (const auto& device : node.report.devices)
    if (!device.shared_as.empty()) names.push_back(device.shared_as);
  homes_.on_here(node.report.node, node.report.life, node.report.life == own_node_, names, at.now);
}

void orchestration::note_epochs(const leader_node& node, instant at) {
  for (const auto& device : node.report.devices) {
    if (device.shared_as.empty()) continue;
    if (const auto* load = load_of(node, device.id)) homes_.on_epoch(device.shared_as, load->epoch, at.now);
  }
}

// -- observers

/// Its home sees all that there is of the device; here is what this node has of it.
void orchestration::show_shared(const leader_node& node, device_view& view) const {
  view.sharing = {};
  const auto* notice = homes_.find(view.device.shared_as);
  if (notice == nullptr) return;
  const auto& appointed = notice->appointed;
  const auto own = std::ranges::find(appointed.sharers, node.report.life, &sharer_place::life);
  const auto home = std::ranges::find(appointed.sharers, appointed.home, &sharer_place::sharer);
  view.home = home->node;
  view.epoch = appointed.epoch;
  for (const auto& one : appointed.sharers) view.sharers.push_back(one.node);
  const auto* deciding = nodes_.find(home->life);
  const auto* there = deciding == nullptr ? nullptr : device_called(*deciding, view.device.shared_as);
  const auto* whole = there == nullptr ? nullptr : load_of(*deciding, there->id);
  if (whole == nullptr || own == appointed.sharers.end()) return;
  view.sharing = part_of(whole->sharing, own->sharer, view.device.compute_units, appointed);
  view.refusal = whole->refusal;
}

std::vector<device_view> orchestration::devices() const {
  std::vector<device_view> out;
  for (const auto* node : nodes_.sorted())
    for (const auto& device : node->report.devices) {
      auto& view = out.emplace_back();
      view.node = node->report.node;
      view.device = device;
      if (const auto* load = load_of(*node, device.id)) {
        view.busy_ns = load->busy_ns;
        view.sharing = load->sharing;
        view.alarms = load->alarms;
        view.alarm = load->alarm;
        view.refusal = load->refusal;
        view.figures = load->figures;
      }
      if (!device.shared_as.empty()) show_shared(*node, view);
    }
  return out;
}

}  // namespace dunlin
