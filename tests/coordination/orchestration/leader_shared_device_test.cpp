// SPDX-License-Identifier: Apache-2.0
// What the leader has to do with a device that several nodes work on: who its home is, how it is shared, who sees what.
#include "coordination/sharing/shared_device/device_homes.hpp"
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* cores = "cpu@host";

node_report sharing(const std::string& name, std::uint64_t life) {
  node_report out = node(name, life).device("cpu", 4, 1'000);
  out.devices.front().shared_as = cores;
  return out;
}

/// The nodes `first` and `second` share the cores of their host; `first` came first.
struct shared_cores : ::testing::Test {
  leader_story t;
  incarnation first = t.join(sharing("first", 1));
  incarnation second = t.join(sharing("second", 2));

  home_notice told(incarnation life) {
    t.heard<heartbeat_answer>(life);
    t.beat(life);
    const auto answers = t.heard<heartbeat_answer>(life);
    EXPECT_THAT(answers, SizeIs(1));
    EXPECT_THAT(answers.front().homes, SizeIs(1));
    return answers.front().homes.front();
  }
  std::string home(incarnation asked) {
    const auto notice = told(asked).appointed;
    for (const auto& one : notice.sharers)
      if (one.sharer == notice.home) return one.node;
    return {};
  }
  device_view seen(const std::string& name) {
    for (auto& view : t.leader->devices())
      if (view.node == name) return view;
    return {};
  }
  error coordinate(const share_options& options) {
    t.count_answers.clear();
    t.step([&](auto& me, auto& out) { me.on_coordinate({1}, "second", {{}, options}, out); });
    return t.count_answers.at(0).answer ? error{errc::none} : t.count_answers.at(0).answer.error();
  }
};

using SharedCores = shared_cores;

TEST_F(SharedCores, EveryHeartbeatIsAnsweredWithTheirHome) {
  EXPECT_EQ(home(first), "first");
  EXPECT_EQ(told(second).appointed, told(first).appointed);
  EXPECT_THAT(told(first).appointed.sharers, SizeIs(2));
}

TEST_F(SharedCores, NodesThatShareNothingHearOfNoHome) {
  const auto alone = t.join(node("alone", 3).device("cpu", 4, 1'000));
  t.beat(alone);

  EXPECT_THAT(t.heard<heartbeat_answer>(alone).front().homes, IsEmpty());
}

TEST_F(SharedCores, AHomeThatHasEndedHasASuccessorAtOnce) {
  const auto before = told(second).appointed.epoch;

  t.disconnect(first, true);

  EXPECT_EQ(home(second), "second");
  EXPECT_GT(told(second).appointed.epoch, before);
}

TEST_F(SharedCores, AHomeThatIsSilentHasOneWhenItIsSuspect) {
  t.pass(2s, {second});

  EXPECT_EQ(home(second), "second");
  EXPECT_THAT(told(second).appointed.sharers, SizeIs(2)) << "it may hold something yet";
}

TEST_F(SharedCores, WhoeverWasDeclaredDownIsForgottenWhenItCanHoldNothing) {
  t.pass(3s, {second});
  ASSERT_EQ(t.node_state("first"), "down");
  EXPECT_THAT(told(second).appointed.sharers, SizeIs(2));

  t.pass(shared_timing::silence, {second});

  EXPECT_THAT(told(second).appointed.sharers, SizeIs(1));
}

TEST_F(SharedCores, AHomeThatLeavesHasASuccessor) {
  t.step([&](auto& me, auto& out) { me.on_leaving(first, {"drained"}, t.at, out); });

  EXPECT_EQ(home(second), "second");
}

TEST_F(SharedCores, TheLeadersOwnNodeIsHomeOnlyIfItIsAlone) {
  orchestration_config config;
  config.own_node = {5};
  leader_story own{config};
  const auto here = own.join(sharing("here", 5));
  own.beat(here);
  ASSERT_EQ(own.heard<heartbeat_answer>(here).front().homes.front().appointed.home, sharer_id{1});
  own.join(sharing("other", 6));

  own.beat(here);
  EXPECT_EQ(own.heard<heartbeat_answer>(here).front().homes.front().appointed.home, sharer_id{2});
}

TEST_F(SharedCores, AnOrderGoesToTheirHomeWhicheverNodeIsNamed) {
  share_options slices;
  slices.pattern = sharing_pattern::time_sliced;
  EXPECT_EQ(coordinate(slices).code, errc::none);

  EXPECT_TRUE(told(first).ordered);
  EXPECT_EQ(told(first).options, slices);
  EXPECT_THAT(t.heard<coordinate_order>(second), IsEmpty());
}

TEST_F(SharedCores, StagesAreRefused) {
  share_options stages;
  stages.pattern = sharing_pattern::pipeline;
  stages.stages = {{"first"}, {"last", {"first"}}};

  EXPECT_EQ(coordinate(stages).code, errc::not_supported);
  EXPECT_FALSE(told(first).ordered);
}

TEST_F(SharedCores, ALeaderOfALaterTimeGoesOnAfterTheHomesThatNodesKnow) {
  heartbeat beat;
  beat.devices.emplace_back().epoch = 0x7fff'0000;
  t.beat(second, beat);

  EXPECT_GT(told(second).appointed.epoch, 0x7fff'0000U);
}

TEST_F(SharedCores, EachNodeIsShownWithWhatItsOwnAgentsHave) {
  const auto by = told(first).appointed;
  heartbeat beat;
  auto& load = beat.devices.emplace_back();
  load.busy_ns = 9;
  load.refusal = "a reason";
  load.sharing.pattern = sharing_pattern::time_sliced;
  load.sharing.contracts.emplace_back().agent = far_agent({1}, {4});
  load.sharing.contracts.emplace_back().agent = far_agent({2}, {4});
  t.beat(first, beat);

  const auto at_home = seen("first");
  const auto elsewhere = seen("second");
  EXPECT_EQ(at_home.home, "first");
  EXPECT_EQ(elsewhere.home, "first");
  EXPECT_EQ(elsewhere.epoch, by.epoch);
  EXPECT_THAT(elsewhere.sharers, ElementsAre("first", "second"));
  ASSERT_THAT(elsewhere.sharing.contracts, SizeIs(1));
  EXPECT_EQ(elsewhere.sharing.contracts.front().agent, agent_id{4});
  EXPECT_EQ(elsewhere.sharing.pattern, sharing_pattern::time_sliced);
  EXPECT_EQ(elsewhere.refusal, "a reason");
  EXPECT_EQ(elsewhere.busy_ns, 0U) << "it is another process";
  EXPECT_THAT(at_home.sharing.contracts, SizeIs(1));
}

}  // namespace
}  // namespace dunlin
