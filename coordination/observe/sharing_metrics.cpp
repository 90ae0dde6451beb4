// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/sharing_metrics.hpp"

#include <array>
#include <utility>

namespace dunlin {

namespace {

/// Appends figures of one device or one contract, all under its labels.
class labelled {
 public:
  labelled(metric_snapshot& out, std::vector<label> labels) : out_(out), labels_(std::move(labels)) {}

  void gauge(std::string name, std::string help, double value, const std::vector<label>& more = {}) {
    add(std::move(name), std::move(help), metric::kind_type::gauge, value, more);
  }
  void counter(std::string name, std::string help, double value, const std::vector<label>& more = {}) {
    add(std::move(name), std::move(help), metric::kind_type::counter, value, more);
  }

 private:
  void add(std::string name, std::string help, metric::kind_type kind, double value, const std::vector<label>& more) {
    auto labels = labels_;
    labels.insert(labels.end(), more.begin(), more.end());
    out_.metrics.push_back({std::move(name), std::move(help), kind, std::move(labels), value});
  }

  metric_snapshot& out_;
  std::vector<label> labels_;
};

double seconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }
label labelled_as(std::string name, std::string_view value) { return {std::move(name), std::string{value}}; }

/// A pattern that cannot be used has no outlook.
void append_choice(const choice_view& choice, labelled& of) {
  of.gauge("dunlin_device_automatic", "1 if the device chooses its pattern by the demand that it sees.",
           choice.automatic ? 1 : 0);
  if (!choice.automatic) return;
  of.counter("dunlin_device_pattern_switches_total", "Patterns chosen since automatic mode began.",
             static_cast<double>(choice.switches));
  for (const auto& one : choice.outlook)
    if (one.slowdown > 0)
      of.gauge("dunlin_device_expected_slowdown", "Mean slowdown of agents that is expected of a pattern; 1 = none.",
               one.slowdown, {labelled_as("pattern", to_string(one.pattern))});
}

void append_device(const device_view& view, const std::vector<label>& whose, metric_snapshot& out) {
  labelled of{out, whose};
  const auto& shared = view.sharing;
  of.gauge("dunlin_device_sharing_pattern", "1 for the pattern in force.", 1,
           {labelled_as("pattern", to_string(shared.pattern))});
  append_choice(shared.choice, of);
  of.gauge("dunlin_device_units", "Compute units that there are.", view.device.compute_units);
  of.gauge("dunlin_device_granted_units", "Compute units that contracts grant; those in turns count once.",
           shared.units_granted);
  of.gauge("dunlin_device_memory_bytes", "Memory that there is.", static_cast<double>(view.device.memory_bytes));
  of.gauge("dunlin_device_granted_bytes", "Memory that contracts grant.", static_cast<double>(shared.bytes_granted));
  of.gauge("dunlin_device_holders", "Agents that have a lease, parked ones too.", shared.holders);
  of.gauge("dunlin_device_waiting", "Agents that wait for a lease.", shared.waiting);
  of.gauge("dunlin_device_fragmentation_ratio", "Of the free units, how many are not in their longest run.",
           shared.fragmentation_permille / 1e3);
  of.gauge("dunlin_device_reservations", "Shares that are reserved, now or for later.", shared.reservations);
  of.counter("dunlin_device_busy_seconds_total", "Measured busy time since the node started.", seconds(view.busy_ns));
  of.counter("dunlin_device_conservation_alarms_total", "How often contracts and use did not add up.",
             static_cast<double>(view.alarms));
}

/// Under one name whatever the device is: a processor has no figures of a GPU.
void append_figures(const device_view& view, const std::vector<label>& whose, metric_snapshot& out) {
  labelled of{out, whose};
  const auto& figures = view.figures;
  of.gauge("dunlin_device_quarantined", "1 if the device broke, so that nothing is placed on it.",
           view.device.quarantine.empty() ? 0 : 1);
  of.gauge("dunlin_device_held_bytes", "Memory that tasks have set aside.", static_cast<double>(figures.held_bytes));
  if (figures.busy_permille >= 0)
    of.gauge("dunlin_device_busy_ratio", "Of all its units' time, how much was busy lately.",
             figures.busy_permille / 1e3);
  for (const auto& pool : figures.pool) {
    of.gauge("dunlin_device_pool_reserved_bytes", "What the memory pool took from the device.",
             static_cast<double>(pool.reserved));
    const std::string help = "What the memory pool took, by what became of it.";
    of.gauge("dunlin_device_pool_bytes", help, static_cast<double>(pool.asked), {labelled_as("is", "asked")});
    of.gauge("dunlin_device_pool_bytes", help, static_cast<double>(pool.internal), {labelled_as("is", "internal")});
    of.gauge("dunlin_device_pool_bytes", help, static_cast<double>(pool.cached), {labelled_as("is", "cached")});
    of.gauge("dunlin_device_pool_bytes", help, static_cast<double>(pool.external), {labelled_as("is", "external")});
    of.counter("dunlin_device_pool_exhausted_total", "Allocations that the memory pool refused.",
               static_cast<double>(pool.exhausted));
  }
  for (const auto& sensor : figures.sensors)
    of.gauge("dunlin_gpu_" + sensor.name, "What the GPU's own instruments say.", sensor.value);
}

void append_contract(const contract_view& contract, std::vector<label> whose, metric_snapshot& out) {
  whose.push_back({"agent", std::to_string(contract.agent.value)});
  whose.push_back(labelled_as("state", to_string(contract.state)));
  labelled of{out, std::move(whose)};
  of.gauge("dunlin_contract_requested_ratio", "Share of the device that was asked for; 1 = all of it.",
           contract.requested.compute_milli / 1e3);
  of.gauge("dunlin_contract_requested_bytes", "Memory that was asked for.",
           static_cast<double>(contract.requested.memory_bytes));
  if (!has_share(contract.state)) return;
  of.gauge("dunlin_contract_granted_units", "Compute units that were granted.", contract.granted.compute_units,
           {labelled_as("enforcement", to_string(contract.compute_enforcement))});
  of.gauge("dunlin_contract_granted_bytes", "Memory that was granted.",
           static_cast<double>(contract.granted.memory_bytes),
           {labelled_as("enforcement", to_string(contract.memory_enforcement))});
  const auto& used = contract.used;
  if (used.pause_ns > 0)
    of.gauge("dunlin_contract_pause_seconds", "How long it stood still when its contract last changed.",
             seconds(used.pause_ns));
  if (used.busy_is == exactness::unmeasured) return;
  of.counter("dunlin_contract_busy_seconds_total", "Busy time under the lease.", seconds(used.busy_ns),
             {labelled_as("exactness", to_string(used.busy_is))});
  of.counter("dunlin_contract_steps_total", "Steps under the lease.", static_cast<double>(used.launches));
}

}  // namespace

void append_sharing(const std::vector<device_view>& devices, metric_snapshot& out) {
  for (const auto& view : devices) {
    const std::vector<label> whose{
        {"node", view.node}, {"device", std::to_string(view.device.id.value)}, {"kind", view.device.kind}};
    append_device(view, whose, out);
    append_figures(view, whose, out);
    for (const auto& contract : view.sharing.contracts)
      if (contract.state != contract_state::reserved) append_contract(contract, whose, out);
  }
}

}  // namespace dunlin
