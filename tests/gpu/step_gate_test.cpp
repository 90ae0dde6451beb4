// SPDX-License-Identifier: Apache-2.0
// Holders on threads of their own at one gate: who runs when, what ends a wait, what a change of contracts waits for.
#include "gpu/cpu/step_gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/gated_device.hpp"

namespace dunlin {
namespace {

using testing::gated_device;

bool never() { return false; }

using entered = result<std::unique_ptr<share_session>>;

/// Enters on a thread of its own. Returns when it has found that it is not its turn.
std::future<entered> wait_for_turn(gated_device& some, std::uint64_t agent, lease_id lease,
                                   const std::atomic<bool>& stop) {
  auto asked = std::make_shared<std::promise<void>>();
  auto found = asked->get_future();
  auto waiting = std::async(std::launch::async, [&some, &stop, agent, lease, asked] {
    bool told = false;
    return some.gate->enter({agent}, lease, [&] {
      if (!std::exchange(told, true)) asked->set_value();
      return stop.load();
    });
  });
  found.wait();
  return waiting;
}

TEST(StepGate, TheHolderOfAFreeDeviceBeginsAtOnce) {
  gated_device some;
  const auto lease = some.ask(1);

  const auto session = some.gate->enter({1}, lease, never);

  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->contract().holder, agent_id{1});
  EXPECT_TRUE((*session)->next_step());
}

TEST(StepGate, TellsHowLongAHolderHasWaitedSinceItsFirstStepBegan) {
  gated_device some;
  some.slice();
  const std::atomic<bool> stop{false};
  const auto lease = some.ask(1);
  auto first = some.gate->enter({1}, lease, never).value();
  auto waiting = wait_for_turn(some, 2, some.ask(2), stop);
  EXPECT_EQ(first->waited(), 0ns);

  first.reset();
  const auto second = waiting.get().value();

  EXPECT_EQ(second->waited(), 0ns) << "that was for its first";
  auto third = wait_for_turn(some, 1, lease, stop);
  auto ends = std::async(std::launch::async, [&] { third.get().value().reset(); });
  while (second->waited() == 0ns) ASSERT_TRUE(second->next_step());
  ends.get();
}

TEST(StepGate, RefusesStrangersAndLeasesThatAreOver) {
  gated_device some;
  some.ask(1);

  EXPECT_EQ(some.gate->enter({2}, {1}, never).error().code, errc::not_holder);
  EXPECT_EQ(some.gate->enter({1}, {7}, never).error().code, errc::fenced_off);
}

TEST(StepGate, AHolderHasOneSessionAtATime) {
  gated_device some;
  const auto lease = some.ask(1);
  const auto first = some.gate->enter({1}, lease, never);

  EXPECT_EQ(some.gate->enter({1}, lease, never).error().code, errc::conflict);
}

TEST(StepGate, OfHoldersThatTakeTurnsOneRunsAtATimeAndAllFinish) {
  gated_device some;
  some.slice();
  constexpr std::uint64_t holders = 4;
  std::atomic<int> running{0};
  std::atomic<int> together{0};
  std::vector<std::thread> threads;
  for (std::uint64_t agent = 1; agent <= holders; ++agent) {
    const auto lease = some.ask(agent);
    threads.emplace_back([&, agent, lease] {
      const auto session = some.gate->enter({agent}, lease, never);
      ASSERT_TRUE(session);
      for (int step = 0; step < 500; ++step) {
        if (running.fetch_add(1) != 0) ++together;
        running.fetch_sub(1);
        ASSERT_TRUE((*session)->next_step());
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(together, 0);
  for (std::uint64_t agent = 1; agent <= holders; ++agent) {
    const auto used = some.gate->take_use({agent});
    EXPECT_EQ(used.launches, 501U);
    EXPECT_EQ(used.busy_is, exactness::exact);
    EXPECT_GT(used.busy_ns, 0U);
  }
}

TEST(StepGate, WhoIsCancelledStopsWaiting) {
  gated_device some;
  some.slice();
  const auto first = some.ask(1);
  const auto second = some.ask(2);
  auto holder = some.gate->enter({1}, first, never);
  ASSERT_TRUE(holder);
  std::atomic<bool> stop{false};
  auto waiting = wait_for_turn(some, 2, second, stop);

  stop = true;
  some.gate->wake({2});

  EXPECT_EQ(waiting.get().error().code, errc::cancelled);
  EXPECT_TRUE((*holder)->next_step()) << "nobody else wants a turn";
}

TEST(StepGate, WhoLosesItsLeaseStopsWaitingAndWhoRunsIsToldAtItsNextStep) {
  gated_device some;
  some.slice();
  const auto first = some.ask(1);
  const auto second = some.ask(2);
  auto holder = some.gate->enter({1}, first, never);
  ASSERT_TRUE(holder);
  const std::atomic<bool> never_stopped{false};
  auto waiting = wait_for_turn(some, 2, second, never_stopped);

  some.revoke(2);
  EXPECT_EQ(waiting.get().error().code, errc::lease_expired);
  some.revoke(1);
  EXPECT_EQ((*holder)->next_step().error().code, errc::lease_expired);
}

TEST(StepGate, EachStepIsCountedOnceThoughItsHolderIsToldMoreThanOnceThatItsLeaseEnded) {
  gated_device some;
  const auto lease = some.ask(1);
  auto holder = some.gate->enter({1}, lease, never);
  ASSERT_TRUE(holder);
  ASSERT_TRUE((*holder)->next_step());
  EXPECT_EQ(some.gate->take_use({1}).launches, 1U);

  some.revoke(1);

  EXPECT_EQ((*holder)->next_step().error().code, errc::lease_expired);
  EXPECT_EQ((*holder)->next_step().error().code, errc::lease_expired);
  EXPECT_EQ(some.gate->take_use({1}).launches, 0U);
}

/// Contracts change all the while: what a holder reads of its own is whole.
TEST(StepGate, ContractsChangeWhileHoldersWork) {
  gated_device some;
  some.slice();
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (std::uint64_t agent = 1; agent <= 3; ++agent) {
    const auto lease = some.ask(agent, 250);
    threads.emplace_back([&, agent, lease] {
      const auto session = some.gate->enter({agent}, lease, never);
      ASSERT_TRUE(session);
      fencing_token newest = 0;
      while (!done) {
        ASSERT_TRUE((*session)->next_step());
        EXPECT_EQ((*session)->contract().holder, agent_id{agent});
        EXPECT_GE((*session)->contract().token, newest);
        newest = (*session)->contract().token;
      }
    });
  }
  for (int i = 0; i < 100; ++i) i % 2 == 0 ? some.partition() : some.slice();
  done = true;
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(some.shares.contracts().size(), 3U);
}

TEST(StepGate, AStepThatRunsKeepsItsUnitsWhenItsLeaseEnds) {
  gated_device some;
  const auto first = some.ask(1);
  some.ask(2);
  auto holder = some.gate->enter({1}, first, never);
  ASSERT_TRUE(holder);
  some.revoke(1);  // the second has the device now
  const auto second = some.shares.contracts().front().id;
  auto waiting = std::async(std::launch::async, [&] { return some.gate->enter({2}, second, never); });

  EXPECT_EQ((*holder)->next_step().error().code, errc::lease_expired);
  holder->reset();

  EXPECT_TRUE(waiting.get());
}

TEST(StepGate, AStepThatWasGivenUpMakesRoom) {
  gated_device some;
  const auto first = some.ask(1);
  some.ask(2);
  auto stuck = some.gate->enter({1}, first, never);
  ASSERT_TRUE(stuck);
  some.revoke(1);
  some.gate->remove({1});

  const auto second = some.gate->enter({2}, some.shares.contracts().front().id, never);

  ASSERT_TRUE(second);
  EXPECT_FALSE((*stuck)->next_step());
  stuck->reset();
  EXPECT_TRUE((*second)->next_step());
}

TEST(StepGate, AChangeOfContractsComesIntoForceBetweenTwoSteps) {
  gated_device some;
  some.slice();
  const auto first = some.ask(1, 250);
  const auto second = some.ask(2, 500);
  auto a = some.gate->enter({1}, first, never);
  ASSERT_TRUE(a);
  const auto before = (*a)->contract().token;
  auto waiting = std::async(std::launch::async, [&] { return some.gate->enter({2}, second, never); });

  some.partition();

  EXPECT_EQ((*a)->contract().token, before) << "the step that runs goes by the older contract";
  ASSERT_TRUE((*a)->next_step());
  EXPECT_GT((*a)->contract().token, before);
  EXPECT_EQ((*a)->contract().pattern, sharing_pattern::space_partitioned);
  EXPECT_EQ((*a)->contract().granted.units.size(), 1U);
  const auto b = waiting.get();
  ASSERT_TRUE(b) << "and now both run";
  EXPECT_EQ((*b)->contract().granted.units.size(), 2U);
}

TEST(StepGate, AThreadRunsOnTheCoresOfItsUnits) {
  const auto cores = allowed_cores();
  if (cores.size() < 2) GTEST_SKIP() << "one core";
  gated_device some{{cores[0], cores[1]}, 2};
  some.partition();
  const auto first = some.ask(1, 500);
  const auto second = some.ask(2, 500);
  const auto cores_under = [&](std::uint64_t agent, lease_id lease) {
    return std::async(std::launch::async,
                      [&some, agent, lease] {
                        const auto session = some.gate->enter({agent}, lease, never);
                        return session ? cores_of_this_thread() : std::vector<std::uint32_t>{};
                      })
        .get();
  };

  EXPECT_EQ(cores_under(1, first), std::vector{cores[0]});
  EXPECT_EQ(cores_under(2, second), std::vector{cores[1]});
  std::thread([&] {
    { const auto session = some.gate->enter({1}, first, never); }
    EXPECT_EQ(cores_of_this_thread(), cores) << "as it was before";
  }).join();
}

TEST(StepGate, TellsHowLongAHolderStoodStillWhenItsContractChanged) {
  gated_device some;
  some.slice();
  const auto lease = some.ask(1);
  auto session = some.gate->enter({1}, lease, never);
  ASSERT_TRUE((*session)->next_step());
  EXPECT_EQ(some.gate->take_use({1}).pause_ns, 0U);

  some.partition();
  ASSERT_TRUE((*session)->next_step());

  EXPECT_GT(some.gate->take_use({1}).pause_ns, 0U);
  EXPECT_EQ(some.gate->take_use({1}).pause_ns, 0U) << "told once";
}

}  // namespace
}  // namespace dunlin
