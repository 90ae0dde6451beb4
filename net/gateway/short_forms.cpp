// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/short_forms.hpp"

#include <algorithm>

#include "net/json/describe_views.hpp"
#include "net/json/encode.hpp"

namespace dunlin::net {

namespace {

using json::encode;
using json::member_writer;
using json::writer;

std::string_view short_status(task_state state) noexcept {
  switch (state) {
    case task_state::pending:
    case task_state::leased:
    case task_state::backoff:
      return "pending";
    case task_state::running:
      return "processing";
    case task_state::succeeded:
      return "completed";
    case task_state::cancelled:
      return "cancelled";
    case task_state::failed:
    case task_state::expired:
    case task_state::dead:
      break;
  }
  return "failed";
}

void write_task(writer& out, const task_record& task) {
  member_writer put{out};
  out.begin_object();
  put("task_id", task.id);
  put("name", task.spec.name);
  put("task_type", task.spec.shape.kind);
  put("status", std::string{short_status(task.status.state)});
  put("progress", task.progress.percent);
  put("priority", task.spec.priority);
  put("node", task.status.owner);
  out.end_object();
}

std::string state_of(const device_view& view) {
  return view.device.quarantine.empty() ? "in use" : "quarantined (" + view.device.quarantine + ")";
}

result_metric utilization_of(const device_figures& figures) {
  if (figures.busy_permille < 0) return {std::nullopt, figures.why_unmeasured};
  return {figures.busy_permille / 10.0, {}};
}

void write_device(writer& out, const device_view& view) {
  member_writer put{out};
  out.begin_object();
  put("id", view.device.id);
  put("node", view.node);
  put("name", view.device.name);
  put("type", view.device.kind);
  put("memory_mb", view.device.memory_bytes >> 20U);
  put("compute_units", view.device.compute_units);
  put("state", state_of(view));
  put("utilization_percent", utilization_of(view.figures));
  put("memory_held_mb", view.figures.held_bytes >> 20U);
  put("pool", view.figures.pool);
  put("sensors", view.figures.sensors);
  put("pattern", view.sharing.pattern);
  put("leases", view.sharing.holders);
  put("waiting", view.sharing.waiting);
  put("contracts", view.sharing.contracts);
  out.end_object();
}

}  // namespace

std::string short_tasks(const json::task_page& page) {
  writer out;
  out.begin_object();
  out.key("tasks");
  out.begin_array();
  for (const auto& each : page.tasks) write_task(out, each);
  out.end_array();
  member_writer{out}("next", page.next);
  out.end_object();
  return std::move(out).take();
}

std::string short_devices(const std::vector<device_view>& devices) {
  writer out;
  out.begin_object();
  out.key("gpus");
  out.begin_array();
  for (const auto& each : devices) write_device(out, each);
  out.end_array();
  out.end_object();
  return std::move(out).take();
}

}  // namespace dunlin::net
