// SPDX-License-Identifier: Apache-2.0
// Locks whose holder, its node or the leader is lost.
#include "tests/coordination/orchestration/locks_on_two_nodes.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto resnet = "model:resnet";

TEST(LostLocks, WhoNeverSaysThatItStoppedLosesThemWhenItsLeaseMustHaveEnded) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}).deadline(noon + 1'000), work().locks({resnet})});
  t.start(t.a, t.only_grant(t.a));

  t.pass(17s, {t.a, t.b});
  EXPECT_THAT(t.granted_anywhere(), IsEmpty());
  t.pass(2s, {t.a, t.b});

  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1])) << "15 s of lease and 2 s of grace after the first second";
}

TEST(LostLocks, AHolderOnANodeThatIsKnownToBeGoneIsFreedAtOnce) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet})});
  t.start(t.a, t.only_grant(t.a));

  t.disconnect(t.a, true);

  EXPECT_THAT(t.granted_ids(t.b), ElementsAre(ids[1])) << "the other one, since the first asks anew";
}

TEST(LostLocks, AHolderOnANodeThatIsSilentKeepsThemUntilItsLeaseHasEnded) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}), work().locks({resnet})});
  t.start(t.a, t.only_grant(t.a));

  t.pass(16s, {t.b});
  EXPECT_THAT(t.granted_ids(t.b), IsEmpty());
  t.pass(2s, {t.b});

  EXPECT_THAT(t.granted_ids(t.b), ElementsAre(ids[1]));
}

TEST(LostLocks, ANewLeaderKnowsWhoHoldsThem) {
  two_nodes t;
  const auto ids = t.add_all({work("first").locks({resnet}), work("second").locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);

  t.leader = t.successor();
  t.step([&](auto& me, auto& to) { me.finish_restore(t.at, to); });
  t.join(node("a").slots(4).holds({{first.id, first.epoch}}));
  t.join(node("b").slots(4));

  EXPECT_THAT(t.granted_anywhere(), IsEmpty());
  EXPECT_EQ(t.explain(ids[1]).summary, "Waits for lock model:resnet, held by task 'first'.");
  t.end(t.a, first);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

TEST(LostLocks, ANewLeaderWaitsForAHandlerThatItsPredecessorStopped) {
  two_nodes t;
  const auto ids = t.add_all({work().locks({resnet}).deadline(noon + 1'000), work().locks({resnet})});
  const auto first = t.only_grant(t.a);
  t.start(t.a, first);
  t.pass(2s, {t.a, t.b});

  t.leader = t.successor();
  t.step([&](auto& me, auto& to) { me.finish_restore(t.at, to); });
  t.join(node("a").slots(4).holds({{first.id, first.epoch}}));
  t.join(node("b").slots(4));

  EXPECT_THAT(t.granted_anywhere(), IsEmpty());
  t.end(t.a, first, errc::fenced_off);
  EXPECT_THAT(t.granted_anywhere(), ElementsAre(ids[1]));
}

}  // namespace
}  // namespace dunlin
