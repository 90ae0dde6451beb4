// SPDX-License-Identifier: Apache-2.0
// From ready tasks to grants: who gets what, how much, in which order, and in which batches.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Placement, ATaskGoesToANodeThatServesIt) {
  leader_story t;
  const auto other = t.join(node("other").only("else").slots(9));
  const auto right = t.join(node("right").slots(9));

  const auto id = t.add(work().payload("input").priority(7));

  const auto batches = t.heard<grant_batch>(right);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].shapes.at(0).kind, "work");
  EXPECT_EQ(batches[0].grants.at(0).id, id);
  EXPECT_EQ(batches[0].grants.at(0).payload, bytes_of("input"));
  EXPECT_THAT(t.grants(other), IsEmpty());
  EXPECT_EQ(t.state(id), task_state::leased);
}

TEST(Placement, AGrantLeavesOnlyOnceItIsStored) {
  leader_story t;
  const auto a = t.join(node("a"));
  t.hold();

  t.submit({work()});

  EXPECT_THAT(t.grants(a), IsEmpty());
  ASSERT_THAT(t.out.commit.writes, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<insert_task>(t.out.commit.writes[0]));
  EXPECT_EQ(std::get<update_task>(t.out.commit.writes[1]).what, transition::grant);
}

TEST(Placement, ANodeNeverHoldsMoreThanItOffered) {
  leader_story t;
  const auto a = t.join(node("a").slots(2, 1));

  t.add_all(std::vector<task_spec>(10, work()));

  const auto grants = t.grants(a);
  ASSERT_THAT(grants, SizeIs(3));
  t.end(a, grants[1]);
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "one ended, one follows";
  EXPECT_EQ(t.metric_of("dunlin_node_granted_tasks", "a"), 3);
}

TEST(Placement, TasksAreSpreadOverEqualNodes) {
  leader_story t;
  const auto a = t.join(node("a").slots(8));
  const auto b = t.join(node("b").slots(8));

  t.add_all(std::vector<task_spec>(8, work()));

  EXPECT_THAT(t.grants(a), SizeIs(4));
  EXPECT_THAT(t.grants(b), SizeIs(4));
}

TEST(Placement, TheHighestPriorityIsFirstAndEqualsKeepTheirOrder) {
  leader_story t;
  std::vector<task_id> order;
  const auto a = t.join(node("a").slots(0));
  const auto ids = t.add_all({work().priority(5), work().priority(9), work().priority(1), work().priority(5),
                              work().kind("work").priority(9)});
  t.join(node("a").slots(1));

  for (auto grants = t.grants(a); !grants.empty(); grants = t.grants(a)) {
    order.push_back(grants.at(0).id);
    t.end(a, grants.at(0));
  }

  EXPECT_THAT(order, ElementsAre(ids[1], ids[4], ids[0], ids[3], ids[2]));
}

TEST(Placement, WaitingWeighsLikePriority) {
  orchestration_config config;
  config.aging_step = 10s;
  leader_story t(config);
  const auto a = t.join(node("a").slots(0));
  const auto old = t.add(work().priority(3));
  t.pass(21s, {a});
  const auto middle = t.add(work().priority(5));
  const auto urgent = t.add(work().priority(9));
  t.join(node("a").slots(3));

  EXPECT_THAT(t.granted_ids(a), ElementsAre(urgent, old, middle));
}

TEST(Placement, DependentsFollowInTheSameStep) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  const auto ids = t.add_all({work("x"), work("y").after({"x"})});
  const auto first = t.only_grant(a);
  EXPECT_EQ(first.id, ids[0]);

  t.end(a, first);

  EXPECT_THAT(t.granted_ids(a), ElementsAre(ids[1]));
}

TEST(Placement, ALargeFlushLeavesInBatchesOfBoundedCount) {
  leader_story t;
  const auto a = t.join(node("a").slots(3'000));
  t.hold();
  for (int i = 0; i < 3; ++i) t.submit(std::vector<task_spec>(700, work().kind("work")));
  leader_story whole;
  const auto b = whole.join(node("b").slots(0));
  for (int i = 0; i < 3; ++i) whole.add_all(std::vector<task_spec>(700, work()));

  whole.join(node("b").slots(3'000));

  const auto batches = whole.heard<grant_batch>(b);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(batches[0].grants, SizeIs(1'024));
  EXPECT_THAT(batches[1].grants, SizeIs(1'024));
  EXPECT_THAT(batches[2].grants, SizeIs(52));
  for (const auto& batch : batches) EXPECT_THAT(batch.shapes, SizeIs(1)) << "each batch carries its own shapes";
  EXPECT_THAT(t.grants(a), IsEmpty());
}

TEST(Placement, ABatchIsAsSmallAsTheSettingsSay) {
  orchestration_config config;
  config.batch_limit = 1;
  leader_story t{config};
  const auto a = t.join(node("a").slots(9));

  t.submit({work(), work(), work()});

  const auto batches = t.heard<grant_batch>(a);
  ASSERT_THAT(batches, SizeIs(3));
  for (const auto& batch : batches) EXPECT_THAT(batch.grants, SizeIs(1));
}

TEST(Placement, ALargeFlushLeavesInBatchesOfBoundedBytes) {
  leader_story t;
  const auto a = t.join(node("a").slots(10));

  t.add_all(std::vector<task_spec>(5, work().payload(std::string(90 * 1'024, 'x'))));

  std::vector<std::size_t> sizes;
  for (const auto& batch : t.heard<grant_batch>(a)) sizes.push_back(batch.grants.size());
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

TEST(Placement, ABatchNamesEachShapeOnce) {
  leader_story t;
  const auto a = t.join(node("a").serves("other").slots(10));

  t.add_all({work(), work().kind("other"), work(), work().kind("other")});

  const auto batches = t.heard<grant_batch>(a);
  ASSERT_THAT(batches, SizeIs(1));
  ASSERT_THAT(batches[0].shapes, SizeIs(2));
  for (const auto& grant : batches[0].grants) {
    const auto& shape = batches[0].shapes.at(grant.shape);
    EXPECT_EQ(shape, t.leader->tasks().shapes().at(t.leader->tasks().find(grant.id)->shape));
  }
}

TEST(Placement, AStreamOfNewShapesIsForgottenAgain) {
  leader_story t;
  auto wide = node("a").slots(1);
  const auto a = t.join(wide);
  for (int i = 0; i < 3'000; ++i) {
    t.add(work().timeout(milliseconds{1'000 + i}));
    t.end(a, t.only_grant(a));
  }

  EXPECT_LE(t.leader->tasks().shapes().size(), 1'024U);
  t.add(work().timeout(milliseconds{1'000}));
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "a shape that comes back is served";
}

TEST(Placement, ThePolicyIsChosenAtRunTime) {
  leader_story t;
  EXPECT_EQ(t.leader->policy(), "capability");

  EXPECT_TRUE(t.leader->on_policy("round_robin"));
  EXPECT_EQ(t.leader->policy(), "round_robin");

  EXPECT_EQ(t.leader->on_policy("best").error().code, errc::invalid_argument);
  EXPECT_EQ(t.leader->policy(), "round_robin") << "a wrong name changes nothing";
  orchestration_config config;
  config.policy = "best";
  EXPECT_FALSE(orchestration::make(config, 1, 1));
}

TEST(Placement, EveryPolicyServesAndRespectsTheOffers) {
  for (const auto* policy : {"round_robin", "least_loaded", "capability"}) {
    orchestration_config config;
    config.policy = policy;
    leader_story t(config);
    const auto a = t.join(node("a").slots(1));
    const auto b = t.join(node("b").slots(3));
    t.join(node("c").only("else").slots(9));

    t.add_all(std::vector<task_spec>(9, work()));

    EXPECT_THAT(t.grants(a), SizeIs(1)) << policy;
    EXPECT_THAT(t.grants(b), SizeIs(3)) << policy;
  }
}

TEST(Feasible, WithoutANodeNothingIs) {
  leader_story t;

  const auto answer = t.submit({work()});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::infeasible);
  EXPECT_EQ(answer.error().path, "tasks[0]");
  EXPECT_EQ(t.metric_of("dunlin_submits_refused_total"), 1);
}

TEST(Feasible, AnUnknownKindIsToldWhatThereIs) {
  leader_story t;
  t.join(node("a").only("sort").serves("add"));

  const auto answer = t.submit({work().kind("sort"), work().kind("trian")});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::unknown_kind);
  EXPECT_EQ(answer.error().path, "tasks[1].kind");
  EXPECT_EQ(answer.error().hint, "kinds that are here: add sort");
  EXPECT_EQ(t.leader->tasks().live(), 0U);
}

TEST(Feasible, ARepeatedSubmissionKeepsItsAnswerWhoeverIsHere) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add(work().key("k"));
  t.disconnect(a, true);

  const auto again = t.submit({work().key("k")});
  const auto other = t.submit({work().key("k").kind("other")});

  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->at(0).id, id);
  EXPECT_TRUE(again->at(0).existed);
  EXPECT_EQ(other.error().code, errc::duplicate_key);
  EXPECT_EQ(t.submit({work().key("k"), work().key("new")}).error().path, "tasks[1]");
}

TEST(Feasible, WhatIsWrongWithTheTaskItselfIsSaidFirst) {
  leader_story t;
  t.join(node("a"));

  EXPECT_EQ(t.submit({work().kind("")}).error().code, errc::missing_field);
  EXPECT_EQ(t.submit({work().kind("other"), work().priority(11)}).error().path, "tasks[1].priority");
}

TEST(Feasible, AnIsolationThatTheAgentsDoNotHaveIsToldSo) {
  leader_story t;
  const auto a = t.join(node("a"));

  const auto refused = t.submit({work().with([](task_spec& s) { s.shape.isolation = isolation_mode::process; })});
  t.add_all({work().with([](task_spec& s) { s.shape.isolation = isolation_mode::thread; })});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::infeasible);
  EXPECT_THAT(refused.error().context, HasSubstr("its agents for 'work' run with isolation 'thread', not 'process'"));
  EXPECT_THAT(t.grants(a), SizeIs(1));
}

TEST(Feasible, AWishThatNoNodeCanEverMeetIsToldWhy) {
  leader_story t;
  t.join(node("a").only("work", {"fast"}).device("cpu", 4, 1'000));
  t.join(node("b").only("work").device("cpu", 8, 2'000).device("cuda", 100, 500));

  const auto refused = [&](auto edit) {
    const auto answer = t.submit({work().with(edit)});
    EXPECT_FALSE(answer);
    EXPECT_EQ(answer.error().code, errc::infeasible);
    return answer.error().context;
  };

  EXPECT_THAT(refused([](task_spec& s) { s.shape.capabilities = {"huge"}; }),
              HasSubstr("node a: its agents for 'work' lack capability 'huge'; node b:"));
  EXPECT_THAT(refused([](task_spec& s) { s.shape.needs.cpu_milli = 9'000; }),
              HasSubstr("needs 9000 cpu milli, has 8000"));
  EXPECT_THAT(refused([](task_spec& s) { s.shape.needs.host_bytes = 2'001; }), HasSubstr("host bytes"));
  EXPECT_THAT(refused([](task_spec& s) { s.shape.needs.gpu_milli = 2'000; }), HasSubstr("gpu milli, has 1000"));
  EXPECT_THAT(refused([](task_spec& s) { s.shape.needs = {0, 0, 100, 501}; }), HasSubstr("bytes on one gpu, has 500"));
  EXPECT_THAT(refused([](task_spec& s) { s.shape.where.node = "c"; }), HasSubstr("asks for node 'c'"));
  EXPECT_THAT(refused([](task_spec& s) {
                s.shape.needs.gpu_milli = 2'000;
                s.shape.variants = {resources{9'000, 0, 0, 0}};
              }),
              HasSubstr("and no variant fits"));
}

TEST(Feasible, ADeviceThatNoNodeHasIsRefused) {
  leader_story t;
  t.join(node("a").device("cpu", 4, 1'000));
  t.join(node("b").device("cpu", 8, 2'000).device("cuda", 100, 500));
  const auto wish = [](std::int32_t device, std::uint32_t gpu_milli = 0) {
    return work().with([=](task_spec& s) {
      s.shape.sharing = sharing_pattern::exclusive;
      s.shape.where.device = device;
      s.shape.needs.gpu_milli = gpu_milli;
    });
  };

  const auto answer = t.submit({wish(900)});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::infeasible);
  EXPECT_THAT(answer.error().context, HasSubstr("node a: the task asks for device 900, the node has 1"));
  EXPECT_FALSE(t.submit({wish(2)}));
  EXPECT_FALSE(t.submit({wish(0, 500)})) << "device 0 is no gpu";

  EXPECT_TRUE(t.submit({wish(1)}));
  EXPECT_TRUE(t.submit({wish(1, 500)}));
}

TEST(Feasible, AnExclusiveTaskNeedsADevice) {
  leader_story t;
  t.join(node("a"));

  EXPECT_FALSE(t.submit({work().with([](task_spec& s) { s.shape.sharing = sharing_pattern::exclusive; })}));
}

TEST(Feasible, WishesThatFitArePlacedWhereTheyDo) {
  leader_story t;
  const auto small = t.join(node("small").only("work", {"fast"}).slots(9).device("cpu", 2, 1'000));
  const auto large = t.join(node("large").slots(9).device("cpu", 8, 9'000).device("cuda", 100, 500));

  const auto fast = t.add(work().with([](task_spec& s) { s.shape.capabilities = {"fast"}; }));
  const auto wide = t.add(work().with([](task_spec& s) { s.shape.needs.cpu_milli = 8'000; }));
  const auto gpu = t.add(work().with([](task_spec& s) { s.shape.needs = {0, 0, 1'000, 500}; }));
  const auto either = t.add(work().with([](task_spec& s) {
    s.shape.needs.gpu_milli = 5'000;
    s.shape.variants = {resources{4'000, 0, 0, 0}};
  }));
  const auto named = t.add(work().with([](task_spec& s) { s.shape.where.node = "small"; }));

  EXPECT_THAT(t.granted_ids(small), ElementsAre(fast, named));
  EXPECT_THAT(t.granted_ids(large), ElementsAre(wide, gpu, either));
}

}  // namespace
}  // namespace dunlin
