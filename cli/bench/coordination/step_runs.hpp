// SPDX-License-Identifier: Apache-2.0
// The two sides that are compared: agents whose steps go through the gate of their shares, and the same number of the
// same steps submitted straight to the same device, as many at once as the pattern lets run at once.
#pragma once

#include <cstdint>

#include "cli/bench/coordination/shared_device.hpp"

namespace dunlin::bench {

struct step_load {
  std::uint32_t agents = 4;
  std::uint32_t steps = 32;           ///< of each agent
  std::uint64_t iterations = 10'000;  ///< of each step
  duration step = 1ms;                ///< what those take
  std::uint32_t steps_a_turn = 1;     ///< then another agent goes on; or of one lease, where one agent has the units
};

/// What a run took.
struct run_cost {
  double wall_ns = 0;    ///< from the first request to the end of the last step
  double beside_ns = 0;  ///< processor time of the whole process outside of the steps
  double sleeps = 0;     ///< of all threads
  double handovers = 0;  ///< steps that another agent's step came before
};

/// Has the device shared so that turns are as long as `load` says, or 1 ms where that is the shortest.
result<void> share_for(shared_device& device, sharing_pattern pattern, const step_load& load);

/// Returns how many of the agents' steps run at once as the device is shared now.
[[nodiscard]] std::uint32_t steps_at_once(shared_device& device, const step_load& load);

/// Each agent asks for its share, has a thread of the device while it holds it, and gives it back.
/// Errors: those of the device and its gate.
result<run_cost> run_at_gate(shared_device& device, const step_load& load);

/// `at_once` queues of steps without a lease. Nobody holds a share meanwhile. Errors: those of the device.
result<run_cost> run_straight(shared_device& device, const step_load& load, std::uint32_t at_once);

}  // namespace dunlin::bench
