// SPDX-License-Identifier: Apache-2.0
// What no node can ever run is refused at submit, in words.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

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
  const auto wide = t.add(work().with([](task_spec& s) { s.shape.needs.cpu_milli = 4'000; }));
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
