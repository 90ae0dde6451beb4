// SPDX-License-Identifier: Apache-2.0
// Every struct that travels as JSON, member by member. Durations and points of time are whole milliseconds.
#pragma once

#include "coordination/observe/result_metrics.hpp"
#include "net/json/fields.hpp"
#include "net/json/pages.hpp"

namespace dunlin::json {

/// `task_spec&` or `const task_spec&`, and so on.
template <class T, class Wanted>
concept maybe_const = std::same_as<std::remove_const_t<T>, Wanted>;

void describe(auto& visit, maybe_const<task_spec> auto& m) {
  visit("name", m.name);
  visit("kind", m.shape.kind);
  visit("payload", m.payload);
  visit.priority("priority", m.priority);
  visit("priority_boosts", m.priority_boosts);
  visit("capabilities", m.shape.capabilities);
  visit("resources", m.shape.needs);
  visit("variants", m.shape.variants);
  visit("resource_reservations", m.shape.reserved);
  visit("sharing", m.shape.sharing);
  visit("isolation", m.shape.isolation);
  visit("timeout_ms", m.shape.timeout);
  visit("target_latency_ms", m.shape.target_latency);
  visit("retry", m.shape.retry);
  visit("depends_on", m.depends_on);
  visit("affinity", m.shape.where);
  visit("checkpoint", m.shape.checkpoint);
  visit("on_lapse", m.shape.on_lapse);
  visit("not_before_ms", m.not_before);
  visit("deadline_ms", m.deadline);
  visit("idempotency_key", m.idempotency_key);
  visit("labels", m.labels);
  visit("locks", m.locks);
}

void describe(auto& visit, maybe_const<task_progress> auto& m) {
  visit("percent", m.percent);
  visit("message", m.message);
  visit("items_done", m.items_done);
  visit("items_total", m.items_total);
}

/// What nobody measured is null, never 0.
void describe(auto& visit, maybe_const<device_use> auto& m) {
  visit("backend", m.backend);
  visit("because", m.because);
  visit("is_gpu", m.is_gpu);
  visit("kernel_is", m.kernel_is);
  visit.known("kernel_ns", m.kernel_ns, m.kernel_is != exactness::unmeasured);
}

void describe(auto& visit, maybe_const<result_metrics> auto& m) {
  visit("gpu_utilization", m.gpu_utilization);
  visit("memory_usage_mb", m.memory_usage_mb);
  visit("kernel_time_ms", m.kernel_time_ms);
}

void describe(auto& visit, maybe_const<task_usage> auto& m) {
  visit("queue_ns", m.queue_ns);
  visit("run_ns", m.run_ns);
  visit("cpu_ns", m.cpu_ns);
  visit("peak_bytes", m.peak_bytes);
  visit("device", m.device);
}

void describe_status(auto& visit, maybe_const<task_status> auto& m) {
  visit("state", m.state);
  visit("reason", m.reason);
  visit("attempt", m.attempt);
  visit("epoch", m.epoch);
  visit("owner", m.owner);
  visit("owner_incarnation", m.owner_incarnation);
  visit("retry_at_ms", m.not_before);
  visit("fail_count", m.fail_count);
  visit("crash_count", m.crash_count);
  visit("cancel_requested", m.cancel_requested);
  visit("started_ms", m.started);
  visit("finished_ms", m.finished);
  visit("code", m.code);
  visit("why", m.why);
  visit("output", m.output);
  visit("usage", m.usage);
}

/// The saved checkpoint stays in the store.
void describe(auto& visit, maybe_const<task_record> auto& m) {
  visit("id", m.id);
  visit("submitted_ms", m.submitted);
  describe_status(visit, m.status);
  visit.derived("metrics", [&m] { return metrics_of(m.status); });
  visit("progress", m.progress);
  visit("dependencies", m.dependencies);
  visit("spec", m.spec);
}

void describe(auto& visit, maybe_const<task_event> auto& m) {
  visit("id", m.id);
  visit("sequence", m.sequence);
  visit("at_ms", m.at);
  visit("what", m.what);
  visit("state", m.state);
  visit("attempt", m.attempt);
  visit("epoch", m.epoch);
  visit("owner", m.owner);
  visit("note", m.note);
}

void describe(auto& visit, maybe_const<submit_answer> auto& m) {
  visit("id", m.id);
  visit("existed", m.existed);
}

void describe(auto& visit, maybe_const<error> auto& m) {
  visit("code", m.code);
  visit("message", m.context);
  visit("hint", m.hint);
  visit("path", m.path);
}

}  // namespace dunlin::json
