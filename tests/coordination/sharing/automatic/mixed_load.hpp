// SPDX-License-Identifier: Apache-2.0
// What several agents want of one device of four units, in virtual time: drawn from seeds, the same everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/coordination/sharing/share_sim.hpp"

namespace dunlin::sim {

/// splitmix64.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();

  /// Both included.
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + next() % (most - least + 1); }
  duration between(duration least, duration most) {
    return duration{static_cast<duration::rep>(
        between(static_cast<std::uint64_t>(least.count()), static_cast<std::uint64_t>(most.count())))};
  }
  template <class T>
  T one_of(std::initializer_list<T> some) {
    return *(some.begin() + between(0, some.size() - 1));
  }

 private:
  std::uint64_t state_;
};

struct mixed_load {
  std::string name;
  std::vector<sim_agent> agents;
  duration lasts = 40s;
};

inline constexpr std::uint32_t mixed_units = 4;
inline constexpr std::uint64_t mixed_bytes = 1'000;

/// Short jobs of short steps, soon again.
sim_agent interactive_agent(dice& by);

/// Long jobs whose steps can use so many units.
sim_agent batch_agent(dice& by, std::uint32_t width);

/// Jobs that need a large part of the memory; two of them fit.
sim_agent memory_agent(dice& by);

/// Lets the agent begin after `from`, and no job after `until`.
sim_agent between(sim_agent agent, duration from, duration until);

/// The mixes that are always played.
std::vector<mixed_load> committed_loads();

/// Any of the three kinds, one to nine agents.
mixed_load drawn_load(std::uint64_t seed);

/// Likewise; half of the agents are there for a time only, and up to twenty others come for one job.
mixed_load drawn_coming_and_going(std::uint64_t seed);

}  // namespace dunlin::sim
