// SPDX-License-Identifier: Apache-2.0
// What tasks ask for is kept for them while they are granted.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

task_spec wish(resources needs, std::vector<resources> variants = {}) {
  return work().with([&](task_spec& spec) {
    spec.shape.needs = needs;
    spec.shape.variants = variants;
  });
}

TEST(Resources, AreGivenOnceUntilTheTaskEnds) {
  leader_story t;
  const auto a = t.join(node("a").slots(10).device("cpu", 2, 1'000));

  const auto ids = t.add_all(std::vector<task_spec>(4, wish({.cpu_milli = 800})));
  const auto plain = t.add();

  const auto grants = t.grants(a);
  ASSERT_THAT(grants, SizeIs(3)) << "two beside each other, and what asks for nothing";
  EXPECT_EQ(grants[2].id, plain);
  EXPECT_THAT(t.explain(ids[2]).nodes.at(0).reason, HasSubstr("busy"));
  EXPECT_THAT(t.explain(ids[2]).summary, HasSubstr("full"));
  t.end(a, grants[0]);
  EXPECT_THAT(t.granted_ids(a), ElementsAre(ids[2]));
  t.end(a, 9, {t.outcome_of(grants[1], errc::handler_failed)});
  EXPECT_THAT(t.granted_ids(a), ElementsAre(ids[3])) << "however the task ended";
}

TEST(Resources, ATaskGetsNoMoreMemoryThanANodeLetsOneHave) {
  leader_story t;
  node_report small = node("a").slots(10).device("cpu", 2, 1'000);
  small.max_memory_per_task = 500;
  const auto a = t.join(small);

  const auto refused = t.submit({wish({.host_bytes = 501})});
  const auto fits = t.add(wish({.host_bytes = 500}));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::infeasible);
  EXPECT_THAT(refused.error().context, HasSubstr("needs 501 host bytes, a task there may have 500"));
  EXPECT_THAT(t.granted_ids(a), ElementsAre(fits));
}

TEST(Resources, OfARefusedGrantAreFreeAgain) {
  leader_story t;
  const auto a = t.join(node("a").slots(10).device("cpu", 2, 1'000));
  t.hold();
  t.submit({wish({.cpu_milli = 2'000})});
  t.refuse();

  const auto id = t.add(wish({.cpu_milli = 2'000}));

  EXPECT_THAT(t.granted_ids(a), ElementsAre(id));
}

TEST(Resources, TheBestVariantThatIsFreeIsChosen) {
  leader_story t;
  const auto a = t.join(node("a").slots(10).device("cpu", 4, 1'000).device("cuda", 100, 500));
  const auto spec = wish({.gpu_milli = 1'000}, {{.cpu_milli = 3'000, .host_bytes = 10}});

  t.add_all({spec, spec, spec});

  const auto grants = t.grants(a);
  ASSERT_THAT(grants, SizeIs(2));
  EXPECT_EQ(grants[0].variant, 0);
  EXPECT_EQ(grants[1].variant, 1);
  t.end(a, grants[1]);
  EXPECT_EQ(t.only_grant(a).variant, 1);
}

TEST(Resources, ARefusedWriteChangesNoVariant) {
  leader_story t;
  const auto a = t.join(node("a").slots(10).device("cpu", 4, 1'000).device("cuda", 100, 500));
  const auto spec = wish({.gpu_milli = 1'000}, {{.cpu_milli = 4'000}});
  t.add_all({spec, spec});
  const auto grants = t.grants(a);
  ASSERT_EQ(grants.at(1).variant, 1);
  t.hold();
  t.start(a, grants[1]);
  t.refuse();

  t.end(a, grants[0]);
  t.add_all({spec, spec});

  EXPECT_EQ(t.only_grant(a).variant, 0) << "the gpu is free, the cores are not";
}

TEST(Resources, ABetterVariantElsewhereIsWorthAFullerNode) {
  leader_story t;
  const auto small = t.join(node("small").slots(10).device("cpu", 4, 1'000));
  const auto large = t.join(node("large").slots(2).device("cpu", 4, 1'000).device("cuda", 100, 500));
  t.add(work().with([](task_spec& s) { s.shape.where.node = "large"; }));
  t.grants(large);

  t.add(wish({.gpu_milli = 500}, {{.cpu_milli = 1'000}}));

  EXPECT_THAT(t.grants(small), IsEmpty());
  EXPECT_THAT(t.grants(large), SizeIs(1));
}

}  // namespace
}  // namespace dunlin
