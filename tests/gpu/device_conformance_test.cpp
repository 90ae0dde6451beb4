// SPDX-License-Identifier: Apache-2.0
// What every device promises, whatever it is made of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/gpu/device_rig.hpp"

namespace dunlin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class DeviceConformance : public ::testing::TestWithParam<rig_kind> {
 protected:
  void SetUp() override {
    if (rig == nullptr && !why_no_rig().empty()) GTEST_SKIP() << why_no_rig();
    ASSERT_NE(rig, nullptr);
  }
  std::function<void(step_report)> tagged(int tag) { return log.expect(tag); }
  device_port& port() { return rig->port(); }
  result<void> submit(
      std::uint64_t queue, fencing_token token, int tag,
      std::function<result<void>()> run = [] { return result<void>{}; }) {
    return port().submit({queue, token, std::move(run), tagged(tag)});
  }

  report_log log;  // outlives the rig: its destructor still reports
  std::unique_ptr<device_rig> rig = GetParam().make();
};

errc code_of(const result<void>& r) { return r ? errc::none : r.error().code; }

TEST_P(DeviceConformance, ReportsEveryStepOnce) {
  for (int tag = 0; tag < 4; ++tag) ASSERT_TRUE(submit(0, 0, tag));

  ASSERT_TRUE(rig->settle(log, 4));

  EXPECT_THAT(log.tags(), UnorderedElementsAre(0, 1, 2, 3));
  EXPECT_EQ(log.code(0), errc::none);
}

TEST_P(DeviceConformance, KeepsTheOrderOfAQueue) {
  for (int round = 0; round < 50; ++round) {
    for (int tag = 0; tag < 4; ++tag) ASSERT_TRUE(submit(7, 0, round * 4 + tag));
    ASSERT_TRUE(rig->settle(log, static_cast<std::size_t>(round) * 4 + 4));
  }

  std::vector<int> rising(200);
  for (int i = 0; i < 200; ++i) rising[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(log.tags(), rising);
}

TEST_P(DeviceConformance, PassesAStepsErrorOn) {
  ASSERT_TRUE(submit(0, 0, 1, []() -> result<void> { return fail(errc::handler_failed, "no such digit"); }));

  ASSERT_TRUE(rig->settle(log, 1));

  EXPECT_EQ(log.of(1).outcome.error(), (error{errc::handler_failed, "no such digit"}));
}

TEST_P(DeviceConformance, TurnsAnExceptionIntoHandlerThrewWithItsText) {
  ASSERT_TRUE(submit(0, 0, 1, []() -> result<void> { throw std::runtime_error("row 7 is empty"); }));

  ASSERT_TRUE(rig->settle(log, 1));

  EXPECT_EQ(log.code(1), errc::handler_threw);
  EXPECT_THAT(log.of(1).outcome.error().context, HasSubstr("row 7 is empty"));
}

TEST_P(DeviceConformance, RefusesStepsBeyondItsQueue) {
  ASSERT_TRUE(rig->hold(1, 0, tagged(100)));
  for (int tag = 0; tag < 4; ++tag) ASSERT_TRUE(submit(1, 0, tag));

  EXPECT_EQ(code_of(submit(1, 0, 4)), errc::overloaded);

  rig->let_go();
  ASSERT_TRUE(rig->settle(log, 5));
  EXPECT_EQ(log.count(4), 0U);
  EXPECT_TRUE(submit(1, 0, 5));
  ASSERT_TRUE(rig->settle(log, 6));
}

TEST_P(DeviceConformance, RefusesATokenBelowTheHighestOfItsQueue) {
  ASSERT_TRUE(submit(1, 5, 1));

  EXPECT_EQ(code_of(submit(1, 4, 2)), errc::fenced_off);
  EXPECT_TRUE(submit(1, 5, 3));
  EXPECT_TRUE(submit(2, 4, 4));

  ASSERT_TRUE(rig->settle(log, 3));
  EXPECT_THAT(log.tags(), UnorderedElementsAre(1, 3, 4));
}

TEST_P(DeviceConformance, DoesNotBeginAStepThatWasFencedWhileItWaited) {
  bool ran = false;
  ASSERT_TRUE(rig->hold(1, 5, tagged(0)));
  ASSERT_TRUE(submit(1, 5, 1, [&] { return ran = true, result<void>{}; }));

  port().fence(1, 6);
  rig->let_go();

  ASSERT_TRUE(rig->settle(log, 2));
  EXPECT_EQ(log.code(0), errc::none);
  EXPECT_EQ(log.code(1), errc::fenced_off);
  EXPECT_FALSE(ran);
}

TEST_P(DeviceConformance, FencesOneQueueAlone) {
  port().fence(1, 6);

  EXPECT_EQ(code_of(submit(1, 5, 1)), errc::fenced_off);
  EXPECT_TRUE(submit(2, 5, 2));
  EXPECT_TRUE(submit(1, 6, 3));

  ASSERT_TRUE(rig->settle(log, 2));
}

TEST_P(DeviceConformance, LetsAStepWithoutLeasePassAFence) {
  ASSERT_TRUE(submit(1, 5, 1));
  port().fence(1, 6);

  EXPECT_TRUE(submit(1, 0, 2));

  ASSERT_TRUE(rig->settle(log, 2));
  EXPECT_EQ(log.code(2), errc::none);
}

TEST_P(DeviceConformance, ReportsAnAbandonedStepAsStuckOnce) {
  ASSERT_TRUE(rig->hold(1, 5, tagged(1)));

  EXPECT_TRUE(port().abandon(1));
  ASSERT_TRUE(rig->settle(log, 1));
  EXPECT_EQ(log.code(1), errc::stuck_handler);

  rig->let_go();
  ASSERT_TRUE(submit(2, 0, 2));
  ASSERT_TRUE(rig->settle(log, 2));
  EXPECT_EQ(log.count(1), 1U);
}

TEST_P(DeviceConformance, ClosesTheQueueOfAnAbandonedStep) {
  ASSERT_TRUE(rig->hold(1, 5, tagged(1)));
  ASSERT_TRUE(submit(1, 5, 2));

  ASSERT_TRUE(port().abandon(1));

  ASSERT_TRUE(rig->settle(log, 2));
  EXPECT_EQ(log.code(2), errc::fenced_off);
  EXPECT_EQ(code_of(submit(1, 9, 3)), errc::fenced_off);
  EXPECT_EQ(code_of(submit(1, 0, 4)), errc::fenced_off);
}

TEST_P(DeviceConformance, WorksOnWithEveryThreadReplaced) {
  for (std::uint64_t queue = 1; queue <= 6; ++queue) {
    ASSERT_TRUE(rig->hold(queue, 0, tagged(static_cast<int>(queue))));
    ASSERT_TRUE(port().abandon(queue));
  }
  ASSERT_TRUE(submit(9, 0, 9));

  ASSERT_TRUE(rig->settle(log, 7));
  EXPECT_EQ(log.code(9), errc::none);
}

TEST_P(DeviceConformance, HasNothingToAbandonInAnIdleQueue) {
  ASSERT_TRUE(submit(1, 0, 1));
  ASSERT_TRUE(rig->settle(log, 1));

  EXPECT_FALSE(port().abandon(1));
  EXPECT_FALSE(port().abandon(2));
  EXPECT_TRUE(submit(1, 0, 2));
  ASSERT_TRUE(rig->settle(log, 2));
}

TEST_P(DeviceConformance, RefusesWhatWaitsWhenItIsDestroyed) {
  ASSERT_TRUE(rig->hold(1, 0, tagged(1)));
  ASSERT_TRUE(submit(1, 0, 2));

  rig->destroy();

  EXPECT_EQ(log.code(1), errc::stuck_handler);
  EXPECT_THAT(log.code(2), ::testing::AnyOf(errc::shutting_down, errc::fenced_off));
  EXPECT_EQ(log.tags().size(), 2U);
}

TEST_P(DeviceConformance, ReservesNoMoreThanItHas) {
  auto most = port().reserve(900 * 1024, "task 1");
  ASSERT_TRUE(most);

  const auto refused = port().reserve(200 * 1024, "task 2");
  EXPECT_EQ(refused.error().code, errc::quota_exceeded);
  EXPECT_THAT(refused.error().context, HasSubstr("task 1 has 921600"));

  most->reset();
  EXPECT_TRUE(port().reserve(200 * 1024, "task 2"));
}

TEST_P(DeviceConformance, TellsAStepOverItsCapThatTheQuotaIsExceeded) {
  auto memory = port().reserve(4096, "task 1").value();
  ASSERT_TRUE(submit(0, 0, 1, [&] {
    std::pmr::vector<std::byte> big(memory.get());
    big.resize(5000);
    return result<void>{};
  }));

  ASSERT_TRUE(rig->settle(log, 1));

  EXPECT_EQ(log.code(1), errc::quota_exceeded);
  EXPECT_THAT(log.of(1).outcome.error().context, HasSubstr("asked for 5000 bytes with 0 of 4096 in use"));
}

INSTANTIATE_TEST_SUITE_P(Every, DeviceConformance, ::testing::ValuesIn(every_rig()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace dunlin::testing
