// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/json/describe.hpp"

namespace dunlin::json {

void describe(auto& visit, maybe_const<agent_class> auto& m) {
  visit("kind", m.kind);
  visit("capabilities", m.capabilities);
  visit("isolation", m.isolation);
  visit("instances", m.instances);
  visit("version", m.version);
}

void describe(auto& visit, maybe_const<device_summary> auto& m) {
  visit("id", m.id);
  visit("kind", m.kind);
  visit("name", m.name);
  visit("compute_units", m.compute_units);
  visit("memory_bytes", m.memory_bytes);
  visit("enforcement", m.enforcement);
  visit("shared_as", m.shared_as);
  visit("quarantine", m.quarantine);
}

void describe(auto& visit, maybe_const<pool_figures> auto& m) {
  visit("reserved", m.reserved);
  visit("asked", m.asked);
  visit("internal", m.internal);
  visit("cached", m.cached);
  visit("external", m.external);
  visit("exhausted", m.exhausted);
}

void describe(auto& visit, maybe_const<device_sensor> auto& m) {
  visit("name", m.name);
  visit("value", m.value);
}

/// What nobody measured is null, never 0.
void describe(auto& visit, maybe_const<device_figures> auto& m) {
  visit.known("busy_permille", m.busy_permille, m.busy_permille >= 0);
  visit("why_unmeasured", m.why_unmeasured);
  visit("held_bytes", m.held_bytes);
  visit("pool", m.pool);
  visit("sensors", m.sensors);
}

void describe(auto& visit, maybe_const<node_view> auto& m) {
  visit("name", m.name);
  visit("incarnation", m.life);
  visit("state", m.state);
  visit("pid", m.pid);
  visit("running", m.running);
  visit("queued", m.queued);
  visit("max_concurrent", m.max_concurrent);
  visit("cpu_permille", m.cpu_permille);
  visit("rss_bytes", m.rss_bytes);
  visit("completed", m.completed);
  visit("agents", m.agents);
  visit("devices", m.devices);
}

void describe(auto& visit, maybe_const<agent_view> auto& m) {
  visit("node", m.node);
  describe(visit, m.agents);
}

void describe(auto& visit, maybe_const<share_wish> auto& m) {
  visit("compute_milli", m.compute_milli);
  visit("most_milli", m.most_milli);
  visit("memory_bytes", m.memory_bytes);
  visit("hold_ns", m.hold);
  visit("weight", m.weight);
  visit("interactive", m.interactive);
  visit("pattern", m.pattern);
}

void describe(auto& visit, maybe_const<share_grant> auto& m) {
  visit("compute_units", m.compute_units);
  visit("units", m.units);
  visit("memory_bytes", m.memory_bytes);
  visit("quantum_ns", m.quantum);
  visit("lane", m.lane);
  visit("pooled", m.pooled);
}

/// What nobody measured is null, never 0.
void describe(auto& visit, maybe_const<share_use> auto& m) {
  visit("busy_is", m.busy_is);
  visit.known("busy_ns", m.busy_ns, m.busy_is != exactness::unmeasured);
  visit.known("launches", m.launches, m.busy_is != exactness::unmeasured);
  visit.known("memory_peak_bytes", m.memory_peak_bytes, m.memory_peak_bytes > 0);
  visit.known("last_pause_ns", m.pause_ns, m.pause_ns > 0);
}

void describe(auto& visit, maybe_const<contract_view> auto& m) {
  visit("id", m.id);
  visit("agent", m.agent);
  visit("state", m.state);
  visit("pattern", m.pattern);
  visit("priority", m.priority);
  visit("inherited_priority", m.inherited_priority);
  visit("token", m.token);
  visit("requested", m.requested);
  visit("granted", m.granted);
  visit("compute_enforcement", m.compute_enforcement);
  visit("memory_enforcement", m.memory_enforcement);
  visit("enforcement_note", m.enforcement_note);
  visit("shared_with", m.shared_with);
  visit("age_ms", m.age);
  visit("remaining_ms", m.remaining);
  visit("used", m.used);
  visit("why", m.why);
  visit("change", m.change);
}

/// What is expected of a pattern that cannot be used is null, never 0.
void describe(auto& visit, maybe_const<pattern_outlook> auto& m) {
  visit("pattern", m.pattern);
  visit.known("slowdown", m.slowdown, m.slowdown > 0);
}

void describe(auto& visit, maybe_const<choice_view> auto& m) {
  visit("automatic", m.automatic);
  visit("switches", m.switches);
  visit("summary", m.summary);
  visit("change", m.change);
  visit("outlook", m.outlook);
}

void describe(auto& visit, maybe_const<sharing_view> auto& m) {
  visit("pattern", m.pattern);
  visit("holders", m.holders);
  visit("waiting", m.waiting);
  visit("reservations", m.reservations);
  visit("units_granted", m.units_granted);
  visit("fragmentation_permille", m.fragmentation_permille);
  visit("bytes_granted", m.bytes_granted);
  visit("choice", m.choice);
  visit("contracts", m.contracts);
}

void describe(auto& visit, maybe_const<lease_view> auto& m) {
  visit("node", m.node);
  visit("device", m.device);
  describe(visit, m.contract);
}

void describe(auto& visit, maybe_const<stage_spec> auto& m) {
  visit("name", m.name);
  visit("after", m.after);
  visit("parallelism", m.parallelism);
  visit("ring", m.ring);
}

void describe(auto& visit, maybe_const<coordinate_order> auto& m) {
  visit("device", m.device);
  visit.ordered_pattern("pattern", m.options.pattern);
  visit("quantum_ms", m.options.quantum);
  visit("burst_ms", m.options.burst);
  visit("preemption_allowed", m.options.preemption_allowed);
  visit("most_holders", m.options.most_holders);
  visit("units_per_group", m.options.units_per_group);
  visit("units", m.options.units);
  visit("stages", m.options.stages);
}

void describe(auto& visit, maybe_const<device_view> auto& m) {
  visit("node", m.node);
  describe(visit, m.device);
  describe(visit, m.sharing);
  visit("busy_ns", m.busy_ns);
  visit("alarms", m.alarms);
  visit("alarm", m.alarm);
  visit("refusal", m.refusal);
  visit("home", m.home);
  visit("epoch", m.epoch);
  visit("sharers", m.sharers);
  visit("figures", m.figures);
}

void describe(auto& visit, maybe_const<lock_view> auto& m) {
  visit("name", m.name);
  visit("holder", m.holder);
  visit("holder_name", m.holder_name);
  visit("node", m.node);
  visit("held_ms", m.held_ms);
  visit("stopping", m.stopping);
  visit("next", m.next);
  visit("waiting", m.waiting);
}

void describe(auto& visit, maybe_const<node_verdict> auto& m) {
  visit("node", m.node);
  visit("eligible", m.eligible);
  visit("reason", m.reason);
}

void describe(auto& visit, maybe_const<task_explanation> auto& m) {
  visit("id", m.id);
  visit("state", m.state);
  visit("summary", m.summary);
  visit("change", m.change);
  visit("nodes", m.nodes);
  visit("waits_for", m.waits_for);
}

void describe(auto& visit, maybe_const<task_page> auto& m) {
  visit("tasks", m.tasks);
  visit("next", m.next);
}

void describe(auto& visit, maybe_const<event_page> auto& m) {
  visit("events", m.events);
  visit("next", m.next);
}

void describe(auto& visit, maybe_const<answer_page> auto& m) { visit("tasks", m.tasks); }
void describe(auto& visit, maybe_const<node_page> auto& m) { visit("nodes", m.nodes); }
void describe(auto& visit, maybe_const<agent_page> auto& m) { visit("agents", m.agents); }
void describe(auto& visit, maybe_const<device_page> auto& m) { visit("devices", m.devices); }
void describe(auto& visit, maybe_const<lease_page> auto& m) { visit("leases", m.leases); }
void describe(auto& visit, maybe_const<lock_page> auto& m) { visit("locks", m.locks); }
void describe(auto& visit, maybe_const<erased> auto& m) { visit("erased", m.count); }

void describe(auto& visit, maybe_const<health> auto& m) {
  visit("status", m.status);
  visit("reason", m.reason);
}

}  // namespace dunlin::json
