// SPDX-License-Identifier: Apache-2.0
// Numerous agents that return at once share actors; nobody can tell, but by the figures.
#include <atomic>
#include <set>
#include <stdexcept>

#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::Each;
using ::testing::SizeIs;

namespace {

constexpr std::uint32_t many = 128;  // four in each crew

/// Says who it is; keeps the newest payload and gives it to whoever asks.
class remembering_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    kept_ = task.payload();
    return to_bytes(std::to_string(task.self().agent.value));
  }
  result<bytes> receive(const agent_message&) override { return kept_; }

 private:
  bytes kept_;
};

/// Asks the agent whose number the payload is.
class asking_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto to = task.self();
    to.agent = {std::stoull(std::string{as_text(task.payload())})};
    return task.send(to, "what", {});
  }
};

}  // namespace

class Crew : public NodeFixture {
 protected:
  std::unique_ptr<node_rig> start_many(agent_kind kind) {
    rig_options options;
    options.kinds = {std::move(kind), kind_of<asking_agent>("ask")};
    options.adjust = [](local_node_config& config) {
      config.dispatch.max_concurrent = many;
      config.dispatch.stop_patience = 30ms;
      config.tick = 10ms;
    };
    return start(std::move(options));
  }

  /// Grants as many tasks as there are agents and returns their outcomes.
  static std::vector<task_outcome> run_all(node_rig& rig, const std::string& payload) {
    std::vector<task_id> tasks;
    for (std::uint32_t i = 0; i < many; ++i) tasks.push_back(rig.grant({.kind = "many", .payload = payload}));
    std::vector<task_outcome> out;
    out.reserve(tasks.size());
    for (const auto& task : tasks) out.push_back(rig.leader->outcome_of(task));
    return out;
  }
};

TEST_F(Crew, EveryAgentTakesItsTurn) {
  const auto rig = start_many(kind_of<remembering_agent>("many", {}, isolation_mode::async, many));

  std::set<std::string> who;
  for (const auto& outcome : run_all(*rig, "here")) who.insert(text_of(outcome));

  EXPECT_THAT(who, SizeIs(many));
  EXPECT_TRUE(rig->leader->until([](const auto& all) { return all.reports.back().agents.front().instances == many; }));
}

TEST_F(Crew, AMessageReachesTheAgentThatIsMeant) {
  const auto rig = start_many(kind_of<remembering_agent>("many", {}, isolation_mode::async, many));
  const auto first = text_of(rig->run("many", "red"));
  const auto second = text_of(rig->run("many", "blue"));
  ASSERT_NE(first, second);

  EXPECT_THAT(rig->run("ask", first), Succeeds("red"));
  EXPECT_THAT(rig->run("ask", second), Succeeds("blue"));
}

TEST_F(Crew, AnAgentThatCannotBeMadeFailsItsOwnTaskAlone) {
  auto kind = kind_of<remembering_agent>("many", {}, isolation_mode::async, many);
  kind.make = [made = std::make_shared<std::atomic<int>>(0)]() -> std::unique_ptr<agent> {
    if (made->fetch_add(1) == 0) throw std::runtime_error("out of clay");
    return std::make_unique<remembering_agent>();
  };
  const auto rig = start_many(std::move(kind));

  std::vector<task_outcome> failed;
  for (auto& outcome : run_all(*rig, "here"))
    if (outcome.code != errc::none) failed.push_back(std::move(outcome));

  EXPECT_THAT(failed, SizeIs(1));
  EXPECT_THAT(failed, Each(FailsWith(errc::handler_threw, "out of clay")));
  std::vector<task_outcome> next = run_all(*rig, "again");  // whoever failed is there again
  EXPECT_THAT(next, Each(::testing::Field(&task_outcome::code, errc::none)));
}

TEST_F(Crew, WhoIgnoresItsCancelTakesItsFellowsWithIt) {
  const auto make = [this] { return std::make_unique<obedient_agent>(&hung); };
  const auto rig = start_many({"many", {}, isolation_mode::async, many, "1", make});
  const auto stuck = rig->grant({.kind = "many", .payload = "hang", .timeout = milliseconds{30}});
  ASSERT_TRUE(hung.wait_for_visitors(1));

  std::vector<task_outcome> crashed;
  for (auto& outcome : run_all(*rig, "echo here"))  // the last one waits for another agent
    if (outcome.code != errc::none) crashed.push_back(std::move(outcome));

  EXPECT_THAT(rig->leader->outcome_of(stuck), FailsWith(errc::timeout, "abandoned"));
  EXPECT_THAT(crashed, SizeIs(3));
  EXPECT_THAT(crashed, Each(FailsWith(errc::crashed, "another agent of its crew")));
  hung.open();
}

}  // namespace dunlin::testing
