// SPDX-License-Identifier: Apache-2.0
// Equal agents on threads of their own that work on a real CPU device, measured in processor time: so a machine that is
// busy all over makes it longer and nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin::testing {

struct crowd_plan {
  sharing_pattern pattern = sharing_pattern::exclusive;
  std::uint32_t agents = 4;
  duration step = 1ms;                 ///< of processor time
  std::uint32_t steps_per_lease = 10;  ///< then an agent gives its share back and asks anew
  std::uint32_t steps_in_all = 1'200;  ///< of all of them together
};

struct crowd_step {
  std::size_t agent = 0;
  duration busy{0};
};

struct crowd_outcome {
  std::vector<duration> busy;     ///< of each agent, as the device measured it
  std::vector<crowd_step> steps;  ///< in their order, while all of them had steps to run
  duration quantum{0};            ///< of each agent's turn; 0 = they took none
  std::uint32_t failures = 0;     ///< steps and leases that were refused
};

crowd_outcome run_crowd(const crowd_plan& plan);

}  // namespace dunlin::testing
