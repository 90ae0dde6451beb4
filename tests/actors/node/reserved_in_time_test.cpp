// SPDX-License-Identifier: Apache-2.0
// Tasks that have reserved their share of a device, to the tick.
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReservedInTime : public FakeTimeFixture {
 protected:
  task_id grant_lease(std::vector<task_reservation> reserved = {}) {
    auto task = a_task("lease", milliseconds{400'000});
    task.device = true;
    task.reserved = std::move(reserved);
    return grant(task);
  }
  [[nodiscard]] std::vector<contract_view> shown() {
    pass(3s);  // a heartbeat comes
    return beats().back().devices.front().sharing.contracts;
  }
};

TEST_F(ReservedInTime, BeginsWhenItsTimeHasCome) {
  start();
  const auto task = grant_lease({{60s, 30s}});

  const auto rows = shown();

  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].state, contract_state::reserved);
  EXPECT_THAT(rows[0].why, HasSubstr("task " + to_string(task) + " has reserved 1000 milli"));
  pass(56s);
  EXPECT_FALSE(has_ended(task));
  pass(1'200ms);
  EXPECT_EQ(outcome_of(task).code, errc::none) << outcome_of(task).why;
  EXPECT_THAT(shown(), IsEmpty()) << "it ends with its task";
}

TEST_F(ReservedInTime, ParksWhoeverHasTheDeviceThen) {
  start();
  steps_run = false;
  const auto holds = grant_lease();
  const auto reserved = grant_lease({{10s, 30s}});

  pass(11s);

  const auto rows = shown();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].state, contract_state::parked);
  EXPECT_EQ(rows[1].state, contract_state::holding);
  EXPECT_THAT(rows[1].why, HasSubstr("it had reserved that for "));
  steps_run = true;
  settle();
  EXPECT_EQ(outcome_of(reserved).code, errc::none);
  EXPECT_EQ(outcome_of(holds).code, errc::none);
}

TEST_F(ReservedInTime, WhoCannotReserveHearsWhy) {
  start();
  const auto first = grant_lease({{60s, 30s}});

  const auto second = grant_lease({{80s, 30s}});

  settle();
  EXPECT_THAT(outcome_of(second), FailsWith(errc::conflict, "its share could not be reserved: "));
  EXPECT_THAT(outcome_of(second).why, HasSubstr("no room beside"));
  EXPECT_FALSE(has_ended(first));
}

TEST_F(ReservedInTime, ACancelGivesItUp) {
  start();
  const auto task = grant_lease({{60s, 30s}});
  ASSERT_THAT(shown(), SizeIs(1));

  cancel(task);

  EXPECT_THAT(shown(), IsEmpty());
  EXPECT_EQ(outcome_of(task).code, errc::cancelled);
}

TEST_F(ReservedInTime, TwoOfOneKindAfterEachOtherAreBothMet) {
  start(1);
  const auto first = grant_lease({{10s, 30s}});
  const auto second = grant_lease({{40s, 30s}});

  pass(15s);
  EXPECT_EQ(outcome_of(first).code, errc::none);
  EXPECT_FALSE(has_ended(second));

  pass(26s);
  EXPECT_EQ(outcome_of(second).code, errc::none);
}

TEST_F(ReservedInTime, AnOrderThatCouldNotKeepItIsRefused) {
  fake_device_options two_units;
  two_units.properties.compute_units = 2;
  device = std::make_shared<fake_device>(two_units);
  start();
  static_cast<void>(grant_lease({{60s, 30s}}));

  share_options halves;
  halves.pattern = sharing_pattern::space_partitioned;
  halves.units = {1, 1};
  node->hear(coordinate_order{{}, halves});
  pass(3s);

  const auto told = beats().back().devices.front();
  EXPECT_THAT(told.refusal, HasSubstr("has reserved a share that space_partitioned cannot keep"));
  EXPECT_EQ(told.sharing.pattern, sharing_pattern::exclusive);
}

TEST_F(ReservedInTime, ThatIsOverBeforeItWasMadeIsNoneAndTheTaskRuns) {
  start();
  const auto task = grant_lease({{0s, 1ms}});
  pass(1s);
  EXPECT_EQ(outcome_of(task).code, errc::none) << outcome_of(task).why;
}

}  // namespace dunlin::testing
