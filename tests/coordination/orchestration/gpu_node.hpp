// SPDX-License-Identifier: Apache-2.0
// A node with GPUs, and tasks that may run there.
#pragma once

#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {

inline constexpr device_id gpu{1};

inline node_dispatch_config node_with(std::size_t gpus) {
  node_dispatch_config out;
  out.devices = {{"cpu", 4}};
  out.devices.resize(1 + gpus, {"cuda", 132});
  out.breaker = {.failures = 3, .rest = 1s};
  return out;
}

/// One GPU or two cores.
inline task_spec either() {
  return work().with([](task_spec& s) {
    s.shape.needs.gpu_milli = 1'000;
    s.shape.variants = {resources{2'000, 0, 0, 0}};
  });
}

inline task_spec gpu_only() {
  return work().with([](task_spec& s) { s.shape.needs.gpu_milli = 1'000; });
}

/// As its runner says when the device itself did not run a step to its end.
inline void fail_by_device(node_story& t, const start_task& started, errc code) {
  t.step([&](auto& me, auto& out) {
    auto outcome = node_story::outcome_of(started.order.task, code);
    outcome.why = "an illegal address";
    me.on_finished(started.agent, std::move(outcome), t.now, out, started.order.device);
  });
}

/// Grants the task and the lease that it asks for; returns its start on the GPU.
inline start_task start_on_gpu(node_story& t, agent_id who, const task_epoch& which, const task_spec& spec = either()) {
  t.grant({which}, spec);
  t.lease(who, which.id.low, gpu);
  return t.only_start();
}

}  // namespace dunlin
