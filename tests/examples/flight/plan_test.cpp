// SPDX-License-Identifier: Apache-2.0
// The plan, its agents and the check of its answers, without a swarm: tasks run one after the other.
#include <gtest/gtest.h>

#include <map>

#include "examples/flight/agents/flight_kinds.hpp"
#include "examples/flight/check.hpp"
#include "examples/flight/plan.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

/// A host that only lets handlers work.
class quiet_host final : public task_host {
 public:
  void report(const task_progress&) override {}
  [[nodiscard]] bool cancelled() const noexcept override { return false; }
  [[nodiscard]] time_point now() const noexcept override { return {}; }
  result<bytes> call(const agent_address&, std::string, bytes, milliseconds) override {
    return fail(errc::unreachable);
  }
  result<agent_address> find_agent(std::string, std::string, bool) override { return fail(errc::unreachable); }
  void save_checkpoint(bytes) override {}
};

/// Runs the plan in its order, which has every task after those it depends on.
std::vector<task_record> run_all(const std::vector<task_spec>& plan) {
  std::map<std::string, std::unique_ptr<agent>> agents;
  for (const auto& kind : flight_kinds()) agents[kind.name] = kind.make();
  std::vector<task_record> out;
  quiet_host host;
  for (const auto& spec : plan) {
    task_context context{{}, spec.payload, host, *std::pmr::get_default_resource()};
    auto answer = agents.at(spec.shape.kind)->handle(context);
    auto& record = out.emplace_back();
    record.spec = spec;
    record.status.state = answer ? task_state::succeeded : task_state::failed;
    EXPECT_TRUE(answer) << spec.name << ": " << to_string(answer.error());
    if (answer) record.status.output = std::move(*answer);
  }
  return out;
}

flight_places places_in(const std::string& directory) {
  return {DUNLIN_FLIGHT_DATA "/digits.csv.gz", {{"/usr/share/common-licenses", ""}}, directory};
}

TEST(FlightPlan, HasAboutThreeHundredTasksWithUniqueNames) {
  const scratch_directory directory;
  const auto plan = make_plan(places_in(directory.path()));
  ASSERT_TRUE(plan) << to_string(plan.error());
  std::map<std::string, int> names;
  for (const auto& task : *plan) ++names[task.name];
  EXPECT_EQ(names.size(), plan->size());
  EXPECT_GE(plan->size(), 250U);
  EXPECT_LE(plan->size(), 350U);
}

TEST(FlightPlan, ASmallFlightReachesWhatIsAskedOfTheOtherKinds) {
  const scratch_directory directory;
  const flight_size size{1, 2, 2, 10, 500, 100, 10};
  const auto plan = make_plan(places_in(directory.path()), size);
  ASSERT_TRUE(plan) << to_string(plan.error());
  for (const auto& kind : check_answers(run_all(*plan))) EXPECT_TRUE(kind.holds) << kind.kind << ": " << kind.line;
}

TEST(FlightCheck, FindsAMissingAnswer) {
  task_record lost;
  lost.spec.shape.kind = "maze";
  lost.status.state = task_state::failed;
  for (const auto& kind : check_answers({lost})) EXPECT_FALSE(kind.holds) << kind.kind;
}

}  // namespace
}  // namespace dunlin::flight
