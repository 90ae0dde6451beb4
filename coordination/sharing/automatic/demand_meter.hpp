// SPDX-License-Identifier: Apache-2.0
// What agents want of one device, learned from what they do: asking, running steps, leaving. Newer jobs count more.
//
// How many units are of use to an agent is what it wishes for, until its steps were seen on fewer and on more.
//
// Of an agent that is at its first job it is expected that it does as others do that are interactive, or are not, as it
// is; of one whose job is longer than that, that as much of it lies ahead as behind. One that stays away for much
// longer than usual does not come back.
//
// Strangers come too. Nobody knows who, but those who came once in the last twenty seconds and did not stay tell how
// many and what they want: others like them are expected as much later. So a pattern that serves those who are there
// and lets everybody else wait is not taken for a good one where others come.
//
// Bounded: at most `most_agents` are known; whoever has been away for the longest is forgotten first.
#pragma once

#include <map>
#include <optional>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/automatic/device_demand.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT demand_meter {
 public:
  explicit demand_meter(const device_capacity& capacity, std::size_t most_agents = 256)
      : capacity_(capacity), most_agents_(most_agents) {}

  /// The agent asks for a share.
  void on_asked(const share_request& asked, time_point now);

  /// So many steps of it took `each` on so many units.
  void on_steps(agent_id agent, std::uint64_t steps, duration each, std::uint32_t units);

  /// It has released its share, or given up, or is gone.
  void on_left(agent_id agent, time_point now);

  [[nodiscard]] device_demand at(time_point now) const;
  [[nodiscard]] std::size_t size() const noexcept { return agents_.size(); }

 private:
  /// How long steps take on the fewest and on the most units that they ever had: two figures tell how many are of use.
  struct step_times {
    struct on_units {
      std::uint32_t units = 0;  ///< 0 = not measured
      double ns = 0;
    };
    on_units fewest;
    on_units most;
    on_units newest;

    void learn(std::uint64_t steps, double ns, std::uint32_t units);
    [[nodiscard]] std::uint32_t width(std::uint32_t wished) const;
    [[nodiscard]] double on_one_unit(std::uint32_t wished) const;
  };

  struct known_agent {
    share_request asked;
    std::uint64_t order = 0;  ///< of its newest request
    time_point came_at{};     ///< first
    bool here = false;
    std::uint64_t steps = 0;  ///< of the job at hand
    time_point left_at{};
    step_times times;
    std::optional<double> job_steps;
    std::optional<double> away_ns;
  };

  void forget_one();
  void add_strangers(std::vector<known_agent> once, time_point now, device_demand& out) const;
  /// What is usual among the agents of one class.
  struct usual {
    double job_ns = 0;  ///< on one unit
    double away_ns = 0;
    bool come_back = true;
  };
  [[nodiscard]] std::uint32_t wished_width(const known_agent& one) const;
  [[nodiscard]] double step_ns(const known_agent& one) const;
  [[nodiscard]] usual usual_of(bool interactive, time_point now) const;
  [[nodiscard]] agent_demand nature_of(const known_agent& one, const usual& others) const;
  [[nodiscard]] std::optional<agent_demand> demand_of(const known_agent& one, const usual& others,
                                                      time_point now) const;

  device_capacity capacity_;
  std::size_t most_agents_;
  std::uint64_t orders_ = 0;
  std::map<agent_id, known_agent> agents_;
};

}  // namespace dunlin
