// SPDX-License-Identifier: Apache-2.0
// A pipeline on a device in virtual time: what the flow of items and the pool of units make of it together.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>

#include "coordination/sharing/pipeline/stage_costs.hpp"
#include "coordination/sharing/turns/step_turns.hpp"
#include "tests/coordination/sharing/pipeline/flow_support.hpp"

namespace dunlin::sim {
namespace {

struct sim_stage {
  duration step;  ///< for one item, on average
  std::uint32_t agents = 1;
};

/// A chain of stages whose agents work whenever they may.
class pipeline_sim {
 public:
  pipeline_sim(const std::vector<sim_stage>& stages, std::uint32_t units, double jitter)
      : flow_(graph_of(specs(stages))), costs_(stages.size()), turns_(units, {}), jitter_(jitter) {
    for (std::size_t stage = 0; stage < stages.size(); ++stage)
      for (std::uint32_t i = 0; i < stages[stage].agents; ++i) {
        const agent_id agent{steps_.size() + 1};
        steps_[agent] = stages[stage].step;
        EXPECT_TRUE(flow_.join(agent, stage));
        costs_.join(agent, stage);
        share_contract contract;
        contract.holder = agent;
        contract.token = agent.value;
        contract.granted.pooled = true;
        contract.granted.quantum = 10ms;
        turns_.put(contract);
        EXPECT_TRUE(turns_.arrive(agent, agent.value));
      }
    go_on();
  }

  /// Returns how many items the last stage finished in `time`.
  std::uint64_t run_for(duration time) {
    const auto last = flow_.graph().order().back();
    const auto before = done_[last];
    const auto until = now_ + time;
    while (!ends_.empty() && ends_.top().first <= until) {
      now_ = ends_.top().first;
      const auto [agent, took] = ends_.top().second;
      ends_.pop();
      end_step(agent, took);
    }
    now_ = until;
    return done_[last] - before;
  }

 private:
  static std::vector<stage_spec> specs(const std::vector<sim_stage>& stages) {
    std::vector<stage_spec> out;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      stage_spec one;
      one.name = "s" + std::to_string(i);
      if (i > 0) one.after = {"s" + std::to_string(i - 1)};
      one.parallelism = stages[i].agents;
      out.push_back(one);
    }
    return out;
  }

  /// As a device does: what the agent asked for may be there at once.
  void end_step(agent_id agent, duration took) {
    const auto counts = costs_.count(agent, took, true);
    if (flow_.finish(agent, true)) ++done_[*flow_.stage_of(agent)];
    flow_.ask(agent);
    bool at_once = false;
    std::vector<flow_grant> grants;
    flow_.take_grants(grants);
    for (const auto& grant : grants) {
      costs_.begin_item(grant.agent);
      if (grant.agent == agent)
        at_once = true;
      else
        ASSERT_TRUE(turns_.arrive(grant.agent, grant.agent.value));
    }
    turns_.end_step(agent, counts, at_once);
    go_on();
  }

  void go_on() {
    std::vector<agent_id> begun;
    turns_.take_begun(begun);
    for (const auto agent : begun) {
      std::uniform_real_distribution<> spread{1 - jitter_, 1 + jitter_};
      const bool works = flow_.item_of(agent) || flow_.stage_of(agent) == flow_.graph().first();
      const duration took{works ? static_cast<std::int64_t>(spread(random_) * steps_.at(agent).count()) : 0};
      ends_.push({now_ + took, {agent, took}});
    }
  }

  using step_end = std::pair<time_point, std::pair<agent_id, duration>>;

  item_flow flow_;
  stage_costs costs_;
  step_turns turns_;
  double jitter_;
  std::mt19937 random_{7};
  time_point now_{1'000s};
  std::map<agent_id, duration> steps_;
  std::map<std::size_t, std::uint64_t> done_;
  std::priority_queue<step_end, std::vector<step_end>, std::greater<>> ends_;
};

/// Returns the throughput as a part of what max(slowest stage, total work / units) allows.
double efficiency(const std::vector<sim_stage>& stages, std::uint32_t units, double jitter) {
  duration slowest{0};
  duration work{0};
  for (const auto& one : stages) {
    slowest = std::max(slowest, one.step / one.agents);
    work += one.step;
  }
  const auto per_item = std::max(slowest, work / units);
  pipeline_sim some{stages, units, jitter};
  some.run_for(1s);
  const auto items = some.run_for(20s);
  return static_cast<double>(items) * static_cast<double>(per_item.count()) / 20e9;
}

struct load {
  const char* name;
  std::vector<sim_stage> stages;
  std::uint32_t units;
};

class PipelineThroughput : public testing::TestWithParam<load> {};

TEST_P(PipelineThroughput, IsNinetyPercentOfWhatTheStagesAndUnitsAllow) {
  for (const auto jitter : {0.0, 0.5, 0.9}) {
    const auto got = efficiency(GetParam().stages, GetParam().units, jitter);
    EXPECT_GE(got, 0.9) << "with steps that vary by " << jitter;
    EXPECT_LE(got, 1.05) << "more than there is cannot be had";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Loads, PipelineThroughput,
    testing::Values(load{"OneUnit", {{1ms}, {2ms}, {1'500us}}, 1}, load{"TwoUnits", {{1ms}, {2ms}, {1'500us}}, 2},
                    load{"AUnitForEach", {{1ms}, {2ms}, {1'500us}}, 3},
                    load{"ASlowStage", {{500us}, {10ms}, {500us}}, 4},
                    load{"ASlowStageWithFourAgents", {{1ms}, {8ms, 4}, {1ms}}, 6},
                    load{"MoreAgentsThanUnits", {{1ms, 2}, {8ms, 6}, {3ms, 3}}, 4},
                    load{"ACostlyFirstStage", {{3ms}, {2ms}, {1ms}, {1ms}, {1ms}, {1ms}}, 3},
                    load{"EightStages", {{1ms}, {1ms}, {2ms}, {1ms}, {1ms}, {2ms}, {1ms}, {1ms}}, 4}),
    [](const auto& given) { return std::string{given.param.name}; });

}  // namespace
}  // namespace dunlin::sim
