// SPDX-License-Identifier: Apache-2.0
// Tasks that reserve their share of a device: which node they go to, when, and what they leave free until then.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Asks for a core, and for a share of the node's processor.
task_spec on_a_core() {
  return work().with([](task_spec& s) {
    s.shape.sharing = sharing_pattern::exclusive;
    s.shape.needs.cpu_milli = 1'000;
  });
}

task_spec reserved(milliseconds starts_in, milliseconds lasts) {
  auto out = on_a_core();
  out.shape.reserved = {{starts_in, lasts}};
  out.shape.retry.max_retries = 3;
  return out;
}

node one_core(const std::string& name) { return node(name).slots(8).device("cpu", 1, 1 << 20); }

TEST(LeaderReservation, GoesToItsNodeAtOnceThoughThatIsFull) {
  leader_story t;
  const auto a = t.join(one_core("a"));
  t.add(on_a_core());
  const auto waits = t.add(on_a_core());
  ASSERT_EQ(t.grants(a).size(), 1U) << "one core";

  const auto id = t.add(reserved(60s, 10s));

  const auto grant = t.only_grant(a);
  EXPECT_EQ(grant.id, id);
  EXPECT_THAT(grant.reserved, ElementsAre(task_reservation{60s, 10s}));
  EXPECT_EQ(t.state(waits), task_state::pending);
}

TEST(LeaderReservation, TakesNothingFromOthersBeforeItRuns) {
  leader_story t;
  const auto a = t.join(one_core("a"));
  t.add(reserved(60s, 10s));
  const auto booked = t.only_grant(a);

  t.add(on_a_core());
  const auto other = t.only_grant(a);
  t.start(a, booked);
  t.end(a, other);
  t.add(on_a_core());

  EXPECT_THAT(t.grants(a), IsEmpty()) << "now it has the core";
  t.end(a, booked);
  EXPECT_EQ(t.grants(a).size(), 1U);
}

TEST(LeaderReservation, CountsFromTheSubmission) {
  leader_story t;
  const auto a = t.join(one_core("a").slots(0));
  t.add(reserved(60s, 10s));
  t.add(reserved(10s, 10s));
  t.add(reserved(1s, 2s));
  t.pass(12s, {a});

  t.join(one_core("a").slots(3));

  const auto grants = t.grants(a);
  ASSERT_EQ(grants.size(), 3U);
  EXPECT_THAT(grants[0].reserved, ElementsAre(task_reservation{48s, 10s}));
  EXPECT_THAT(grants[1].reserved, ElementsAre(task_reservation{0s, 8s})) << "it has begun";
  EXPECT_THAT(grants[2].reserved, IsEmpty()) << "it is over";
}

TEST(LeaderReservation, AStartThatWasNotStoredCountsWhenItIsSaidAgain) {
  leader_story t;
  const auto a = t.join(one_core("a"));
  t.add(reserved(60s, 10s));
  const auto booked = t.only_grant(a);
  t.hold();
  t.start(a, booked);
  t.refuse();

  t.start(a, booked);
  t.add(on_a_core());

  EXPECT_THAT(t.grants(a), IsEmpty());
  t.end(a, booked);
  EXPECT_EQ(t.grants(a).size(), 1U);
}

TEST(LeaderReservation, IsNotProlongedByAClockThatGoesBack) {
  EXPECT_THAT(left_of(std::vector<task_reservation>{{60s, 10s}}, -5s), ElementsAre(task_reservation{60s, 10s}));
}

TEST(LeaderReservation, IsExplained) {
  leader_story t;
  const auto a = t.join(one_core("a"));
  const auto id = t.add(reserved(60s, 10s));
  ASSERT_EQ(t.grants(a).size(), 1U);

  EXPECT_THAT(t.explain(id).summary,
              HasSubstr("Its share of a device is reserved from 60000 ms after its submission on, for 10000 ms."));
}

TEST(LeaderReservation, IsNotForDevicesThatNodesShare) {
  leader_story t;
  node_report shared = one_core("a");
  shared.devices[0].shared_as = "cores";
  t.join(shared);

  const auto refused = t.submit({reserved(1s, 2s)});

  EXPECT_EQ(refused.error().code, errc::infeasible);
  EXPECT_THAT(to_string(refused.error()), HasSubstr("keep nothing free for later"));
}

TEST(LeaderReservation, ThatIsRefusedIsTriedAgain) {
  leader_story t;
  const auto a = t.join(one_core("a"));
  const auto id = t.add(reserved(60s, 10s));

  t.end(a, t.only_grant(a), errc::conflict);

  EXPECT_EQ(t.state(id), task_state::backoff);
  t.pass(3s, {a});
  EXPECT_EQ(t.only_grant(a).attempt, 2U);
}

}  // namespace
}  // namespace dunlin
