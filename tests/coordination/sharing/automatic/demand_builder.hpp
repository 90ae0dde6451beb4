// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/sharing/automatic/device_demand.hpp"

namespace dunlin {

inline device_demand four_units() { return {{device_id{1}, 4, 1'000}, {}}; }

/// An agent with a job at hand, and another a second after its end.
inline agent_demand worker(std::uint64_t id, std::uint32_t width, duration step, std::uint64_t job_steps) {
  agent_demand out;
  out.agent = {id};
  out.wish.compute_milli = width * 250;
  out.step = step;
  out.job_steps = out.steps_left = job_steps;
  out.away = 1s;
  return out;
}

inline device_demand with(std::vector<agent_demand> agents) {
  auto out = four_units();
  out.agents = std::move(agents);
  return out;
}

/// One whose steps use the whole device.
inline device_demand one_wide() { return with({worker(1, 4, 40ms, 500)}); }

inline device_demand four_narrow() {
  return with({worker(1, 1, 10ms, 200), worker(2, 1, 10ms, 200), worker(3, 1, 10ms, 200), worker(4, 1, 10ms, 200)});
}

}  // namespace dunlin
