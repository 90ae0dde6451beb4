// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin::bench {

struct coordination_options {
  std::uint32_t units = 2;              ///< of the device; fewer where the machine has fewer cores
  unsigned rounds = 24;                 ///< of A-B-B-A: two pairs each
  std::uint32_t steps_1ms = 32;         ///< of each of four agents in one measurement
  std::uint32_t steps_100us = 160;      ///< likewise
  bool sweep = true;                    ///< other numbers of agents and longer turns
  std::uint32_t decisions = 20'000;     ///< in one measurement
  std::uint32_t crowd = 100'000;        ///< the larger of two numbers of waiting agents, the other is a hundredth
  std::uint32_t round_trips = 5'000;    ///< in one measurement
  std::uint32_t switching_agents = 16;  ///< at work while the pattern changes
  std::uint32_t items = 96;             ///< through a pipeline in one measurement
  unsigned mixed_rounds = 3;            ///< of a mixed load, under each pattern and under automatic choice
  duration mixed_lasts = 2s;            ///< each
};

/// Measures what sharing a processor costs. Errors: those of the device and its gate.
DUNLIN_EXPORT result<bench_report> run_coordination_bench(const coordination_options& options = {});

}  // namespace dunlin::bench
