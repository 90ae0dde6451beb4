// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_homes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr time_point t0{1'000s};
constexpr incarnation leader{100};
constexpr incarnation a{1};
constexpr incarnation b{2};
const std::vector<std::string> cores{"cpu@host"};

/// A leader's process and two other nodes that work on the same cores.
struct homes_test : testing::Test {
  device_homes homes{1 << 16, false};
  homes_test() {
    homes.on_here("leader", leader, true, cores, t0);
    homes.on_here("a", a, false, cores, t0);
    homes.on_here("b", b, false, cores, t0);
  }
  [[nodiscard]] const device_appointment& appointed() const { return homes.find("cpu@host")->appointed; }
  [[nodiscard]] std::string home() const {
    for (const auto& one : appointed().sharers)
      if (one.sharer == appointed().home) return one.node;
    return {};
  }
};

using DeviceHomes = homes_test;

TEST_F(DeviceHomes, EverySharerHearsTheSame) {
  EXPECT_EQ(home(), "a");
  for (const auto life : {leader, a, b}) {
    const auto told = homes.notices_for(life);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told.front().appointed, appointed());
    EXPECT_FALSE(told.front().ordered);
  }
  EXPECT_THAT(homes.notices_for({77}), IsEmpty());
}

TEST_F(DeviceHomes, ASilentHomeIsReplacedAndStaysASharer) {
  const auto before = appointed().epoch;
  homes.on_silent(a);

  EXPECT_EQ(home(), "b");
  EXPECT_GT(appointed().epoch, before);
  EXPECT_THAT(appointed().sharers, SizeIs(3));

  homes.on_answers(a);
  EXPECT_EQ(home(), "b") << "it was replaced";
}

TEST_F(DeviceHomes, WhoeverHasEndedIsForgottenAtOnce) {
  homes.on_down(a, true, t0);

  EXPECT_EQ(home(), "b");
  EXPECT_THAT(appointed().sharers, SizeIs(2));
  EXPECT_THAT(homes.notices_for(a), IsEmpty());
}

TEST_F(DeviceHomes, WhoeverIsOnlySaidToBeDownMayHoldSomethingForAWhile) {
  homes.on_down(a, false, t0);
  homes.tick(t0 + shared_timing::silence - 1ns);
  EXPECT_THAT(appointed().sharers, SizeIs(3));

  homes.tick(t0 + shared_timing::silence);
  EXPECT_THAT(appointed().sharers, SizeIs(2));
  EXPECT_THAT(homes.notices_for(a), IsEmpty());
}

TEST_F(DeviceHomes, WhoeverComesBackInTimeIsNotForgotten) {
  homes.on_down(b, false, t0);
  homes.on_here("b", b, false, cores, t0 + 1s);

  homes.tick(t0 + shared_timing::silence);

  EXPECT_THAT(appointed().sharers, SizeIs(3));
}

TEST_F(DeviceHomes, ANodeThatSharesNoLongerIsNamedNoLonger) {
  homes.on_here("b", b, false, {}, t0);

  EXPECT_THAT(appointed().sharers, SizeIs(2));
  EXPECT_THAT(homes.notices_for(b), IsEmpty());
}

TEST_F(DeviceHomes, AnOrderIsToldUntilThereIsAnother) {
  share_options wanted;
  wanted.pattern = sharing_pattern::time_sliced;
  homes.coordinate("cpu@host", wanted);
  homes.on_silent(a);

  const auto told = homes.notices_for(b).front();
  EXPECT_TRUE(told.ordered);
  EXPECT_EQ(told.options, wanted);
}

TEST_F(DeviceHomes, HostsHaveHomesOfTheirOwn) {
  homes.on_here("c", {3}, false, {"cpu@other"}, t0);

  EXPECT_THAT(homes.find("cpu@other")->appointed.sharers, SizeIs(1));
  EXPECT_THAT(appointed().sharers, SizeIs(3));
}

TEST(HomesOfALaterLeader, ComeAfterThoseOfAllEarlierOnes) {
  device_homes earlier{1 << 16, false};
  earlier.on_here("a", a, false, cores, t0);
  for (int i = 0; i < 1'000; ++i) {
    earlier.on_here("b", b, false, cores, t0);
    earlier.on_silent(i % 2 == 0 ? a : b);
    earlier.on_answers(i % 2 == 0 ? a : b);
  }
  device_homes later{2 << 16, true};
  later.on_here("a", a, false, cores, t0);

  EXPECT_GT(later.find("cpu@host")->appointed.epoch, earlier.find("cpu@host")->appointed.epoch);
}

TEST(HomesOfALaterLeader, ExpectStrangersForAWhile) {
  device_homes homes{2 << 16, true};
  homes.on_here("a", a, false, cores, t0);
  const auto first = homes.find("cpu@host")->appointed;
  EXPECT_TRUE(first.strangers);

  homes.tick(t0 + shared_timing::silence);

  const auto& then = homes.find("cpu@host")->appointed;
  EXPECT_FALSE(then.strangers);
  EXPECT_EQ(then.epoch, first.epoch) << "the home goes on";
  EXPECT_GT(then.revision, first.revision);
}

TEST(HomesOfALaterLeader, ADeviceThatIsNewLaterHasNoStrangers) {
  device_homes homes{2 << 16, true};
  homes.on_here("a", a, false, cores, t0);
  homes.on_here("c", {3}, false, {"cpu@other"}, t0 + shared_timing::silence);

  EXPECT_FALSE(homes.find("cpu@other")->appointed.strangers);
}

/// A leader with a store in memory counts from the beginning.
TEST(HomesOfALaterLeader, ComeAfterWhatNodesHaveHeardOf) {
  device_homes homes{1 << 16, false};
  homes.on_here("a", a, false, cores, t0);
  EXPECT_FALSE(homes.find("cpu@host")->appointed.strangers);

  homes.on_epoch("cpu@host", 1'000'000, t0);

  EXPECT_EQ(homes.find("cpu@host")->appointed.epoch, 1'000'001U);
  EXPECT_TRUE(homes.find("cpu@host")->appointed.strangers) << "others may be under that home";
  homes.on_epoch("cpu@host", 1'000'001, t0);
  EXPECT_EQ(homes.find("cpu@host")->appointed.epoch, 1'000'001U) << "its own";
}

}  // namespace
}  // namespace dunlin
