// SPDX-License-Identifier: Apache-2.0
// A gate of a device that other processes work on as well: nothing begins without a permit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "gpu/cpu/step_session.hpp"
#include "tests/gpu/gated_device.hpp"

namespace dunlin {
namespace {

using ::testing::ElementsAre;
using testing::gated_device;
using ::testing::IsEmpty;
using ::testing::Pair;

bool never() { return false; }

/// A device whose gate needs permits, and what it had to tell.
struct permitted_device : ::testing::Test {
  gated_device some;
  std::atomic<int> calls{0};

  permitted_device() {
    some.gate->need_permits([this] { ++calls; });
  }
  void open(fencing_token serial, duration quantum = 0s, std::optional<time_point> until = wall_now() + 60s) {
    some.gate->permit({{serial, {}, quantum}}, {}, until);
  }
  void close(fencing_token serial) { some.gate->permit({}, {serial}, {}); }
  std::vector<fencing_token> spent() {
    std::vector<fencing_token> out;
    for (const auto& one : some.gate->take_news().spent) out.push_back(one.serial);
    return out;
  }
};

using StepGatePermits = permitted_device;

TEST_F(StepGatePermits, AStepWaitsForItsPermit) {
  const auto lease = some.ask(1);
  auto entered = std::async(std::launch::async, [&] { return some.gate->enter({1}, lease, never); });
  while (calls == 0) std::this_thread::yield();  // it is at work, and waits

  open(1);

  EXPECT_TRUE(entered.get());
}

TEST_F(StepGatePermits, AClosedOneIsSpentWhenItsStepHasEnded) {
  const auto lease = some.ask(1);
  open(1);
  auto session = some.gate->enter({1}, lease, never);
  ASSERT_TRUE(session);

  close(1);
  EXPECT_THAT(spent(), IsEmpty()) << "a step runs under it";

  session->reset();
  EXPECT_THAT(spent(), ElementsAre(1U));
}

TEST_F(StepGatePermits, OneThatNobodyUsesIsSpentAtOnce) {
  some.ask(1);
  open(1);
  close(1);

  EXPECT_THAT(spent(), ElementsAre(1U));
  EXPECT_GT(calls, 0);
}

TEST_F(StepGatePermits, NoStepBeginsWhenItHoldsNoMore) {
  const auto lease = some.ask(1);
  open(1, 0s, wall_now() - 1ns);
  std::atomic<bool> stop{false};
  auto entered =
      std::async(std::launch::async, [&] { return some.gate->enter({1}, lease, [&] { return stop.load(); }); });
  while (calls == 0) std::this_thread::yield();

  stop = true;
  some.gate->wake({1});

  EXPECT_EQ(entered.get().error().code, errc::cancelled);
}

TEST_F(StepGatePermits, TellsWhoIsAtWorkAndWhoNoMore) {
  const auto lease = some.ask(1);
  open(1);
  auto session = some.gate->enter({1}, lease, never);
  EXPECT_THAT(some.gate->take_news().at_work, ElementsAre(Pair(agent_id{1}, true)));

  ASSERT_TRUE((*session)->next_step());
  EXPECT_THAT(some.gate->take_news().at_work, IsEmpty()) << "it goes on";

  session->reset();
  EXPECT_THAT(some.gate->take_news().at_work, ElementsAre(Pair(agent_id{1}, false)));
}

TEST_F(StepGatePermits, WorkThatIsDoneElsewhereIsOneStep) {
  const auto lease = some.ask(1);
  ASSERT_TRUE(some.gate->begin_whole({1}));
  EXPECT_THAT(some.gate->take_news().begun, IsEmpty());

  open(1);
  EXPECT_THAT(some.gate->take_news().begun, ElementsAre(Pair(agent_id{1}, lease)));

  close(1);
  EXPECT_THAT(spent(), IsEmpty()) << "it goes on until it is taken away";
  some.gate->remove({1});
  const auto news = some.gate->take_news();
  ASSERT_EQ(news.spent.size(), 1U);
  EXPECT_GT(news.spent.front().busy, duration{0});
}

TEST_F(StepGatePermits, WorkOfStrangersDoesNotBegin) {
  EXPECT_EQ(some.gate->begin_whole({1}).error().code, errc::not_holder);
  some.ask(1);
  ASSERT_TRUE(some.gate->begin_whole({1}));
  EXPECT_EQ(some.gate->begin_whole({1}).error().code, errc::conflict);
}

TEST_F(StepGatePermits, ATurnWithAQuantumIsSpentWhenItIsUsedUp) {
  const auto lease = some.ask(1);
  auto steps = std::async(std::launch::async, [&] {
    auto session = some.gate->enter({1}, lease, never);
    return session && (*session)->next_step();
  });
  while (calls == 0) std::this_thread::yield();
  open(1, 1ns);
  std::vector<fencing_token> over;
  while (over.empty()) over = spent();
  EXPECT_THAT(over, ElementsAre(1U));

  open(2);
  EXPECT_TRUE(steps.get());
}

}  // namespace
}  // namespace dunlin
