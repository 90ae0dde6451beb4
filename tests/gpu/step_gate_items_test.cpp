// SPDX-License-Identifier: Apache-2.0
// Holders on threads of their own that serve the stages of a pipeline at one gate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "tests/gpu/pipeline_device.hpp"

namespace dunlin {
namespace {

using ::testing::HasSubstr;
using testing::pipeline_device;

shared_bytes parcel(std::string_view text) { return std::make_shared<const bytes>(to_bytes(text)); }

/// What a last stage saw: the outputs in order, `!` before the reason of one that failed.
std::vector<std::string> collect(share_session& session) {
  std::vector<std::string> out;
  for (std::uint64_t number = 0;; ++number) {
    auto item = session.take_item();
    EXPECT_TRUE(item) << to_string(item.error());
    if (!item || !*item) return out;
    EXPECT_EQ((*item)->number, number);
    out.push_back((*item)->failure ? "!" + (*item)->failure->context : std::string{as_text((*item)->input())});
  }
}

/// Puts `with` behind every item; fails those that `refuse` names.
void pass_on(share_session& session, const std::string& with, const std::string& refuse = "none") {
  while (true) {
    auto item = session.take_item();
    ASSERT_TRUE(item) << to_string(item.error());
    if (!*item) return;
    const std::string text{as_text((*item)->input())};
    if (text == refuse)
      ASSERT_TRUE(session.fail_item(error{errc::handler_failed, "I do not like " + text}));
    else
      ASSERT_TRUE(session.put_item(parcel(text + with)));
  }
}

void offer(share_session& session, int count) {
  for (int i = 0; i < count; ++i) ASSERT_TRUE(session.put_item(parcel(std::to_string(i))));
}

template <class Run>
auto on_a_thread(Run run) {
  return std::async(std::launch::async, std::move(run));
}

TEST(StepGateItems, GoThroughAllStagesInOrderAndOneThatFailsFailsAlone) {
  pipeline_device some{pipeline_device::chain()};
  auto encode = on_a_thread([&] { return collect(*some.join("encode")); });
  auto infer = on_a_thread([&] { pass_on(*some.join("infer"), "i", "7"); });
  auto decode = on_a_thread([&] { offer(*some.join("decode"), 100); });

  const auto got = encode.get();

  ASSERT_EQ(got.size(), 100U);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(got[static_cast<std::size_t>(i)], i == 7 ? "!I do not like 7" : std::to_string(i) + "i");
  infer.get();
  decode.get();
}

TEST(StepGateItems, KeepTheirOrderThroughAStageOfSeveralAgents) {
  pipeline_device some{{{"in", {}, 1, 4}, {"work", {"in"}, 3, 4}, {"out", {"work"}, 1, 4}}, 3};
  auto out = on_a_thread([&] { return collect(*some.join("out")); });
  std::vector<std::future<void>> work(3);
  for (auto& one : work) one = on_a_thread([&] { pass_on(*some.join("work"), ""); });
  auto in = on_a_thread([&] { offer(*some.join("in"), 500); });

  const auto got = out.get();

  ASSERT_EQ(got.size(), 500U);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(got[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(StepGateItems, AreHandedOnByReference) {
  pipeline_device some{{{"in"}, {"left", {"in"}}, {"right", {"in"}}, {"out", {"left", "right"}}}, 4};
  const auto original = parcel("the one");
  auto in = on_a_thread([&] { ASSERT_TRUE(some.join("in")->put_item(original)); });
  const auto forward = [&](const char* stage) {
    const auto session = some.join(stage);
    const auto item = session->take_item().value();
    ASSERT_TRUE(session->put_item(item->inputs.front()));
    EXPECT_FALSE(session->take_item().value());
  };
  auto left = on_a_thread([&] { forward("left"); });
  auto right = on_a_thread([&] { forward("right"); });

  const auto out = some.join("out");
  const auto item = out->take_item().value();

  ASSERT_EQ(item->inputs.size(), 2U);
  EXPECT_EQ(item->inputs[0], original);
  EXPECT_EQ(item->inputs[1], original);
}

TEST(StepGateItems, WhoWaitsForThemHasNoUnit) {
  pipeline_device some{pipeline_device::chain(), 1};
  auto infer = on_a_thread([&] { pass_on(*some.join("infer"), ""); });
  auto encode = on_a_thread([&] { return collect(*some.join("encode")); });

  offer(*some.join("decode"), 20);  // the only unit goes round

  EXPECT_EQ(encode.get().size(), 20U);
  infer.get();
}

TEST(StepGateItems, WhoIsCancelledWaitsNoLonger) {
  pipeline_device some{pipeline_device::chain()};
  std::atomic<bool> stop{false};
  auto infer = some.join("infer", &stop);
  const auto agent = infer->contract().holder;
  auto waiting = on_a_thread([&] { return infer->take_item(); });

  stop = true;
  some.gate->wake(agent);

  EXPECT_EQ(waiting.get().error().code, errc::cancelled);
  EXPECT_EQ(infer->take_item().error().code, errc::lease_expired) << "no step runs any more";
  EXPECT_TRUE(some.enter()->join_stage("infer")) << "its place is free";
}

TEST(StepGateItems, WhoLosesItsLeaseWaitsNoLongerAndFailsOnlyItsItem) {
  pipeline_device some{pipeline_device::chain()};
  auto encode = on_a_thread([&] { return collect(*some.join("encode")); });
  auto decode = some.join("decode");
  {
    auto infer = some.join("infer");
    ASSERT_TRUE(decode->put_item(parcel("0")));
    ASSERT_TRUE(decode->put_item(parcel("1")));
    ASSERT_TRUE(infer->take_item().value());
    some.revoke(infer->contract().holder);
    EXPECT_EQ(infer->put_item(parcel("late")).error().code, errc::lease_expired);
    EXPECT_EQ(infer->take_item().error().code, errc::lease_expired);
  }
  auto next = on_a_thread([&] { pass_on(*some.join("infer"), "i"); });
  decode.reset();

  const auto got = encode.get();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_THAT(got[0], HasSubstr("left its stage"));
  EXPECT_EQ(got[1], "1i");
}

TEST(StepGateItems, OneThatWasNotPutHasFailed) {
  pipeline_device some{pipeline_device::chain()};
  auto encode = on_a_thread([&] { return collect(*some.join("encode")); });
  auto infer = some.join("infer");
  {
    auto decode = some.join("decode");
    ASSERT_TRUE(decode->put_item(parcel("0")));
  }
  ASSERT_TRUE(infer->take_item().value());
  EXPECT_FALSE(infer->take_item().value());

  const auto got = encode.get();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_THAT(got[0], HasSubstr("put nothing"));
}

TEST(StepGateItems, StayOnTheirWayWhileThePatternChanges) {
  pipeline_device some{pipeline_device::chain(), 4};
  auto encode = on_a_thread([&] { return collect(*some.join("encode")); });
  auto infer = on_a_thread([&] { pass_on(*some.join("infer"), ""); });
  std::atomic<bool> done{false};
  auto decode = on_a_thread([&] {
    const auto session = some.join("decode");
    int count = 0;
    while (!done) EXPECT_TRUE(session->put_item(parcel(std::to_string(count++))));
    return count;
  });
  for (int i = 0; i < 60; ++i) {
    const auto& device = some.capacity();
    if (i % 3 == 0) some.exchange(time_sliced::make(device, {1ms, 16}).value());
    if (i % 3 == 1) some.exchange(space_partitioned::make(device, {}).value());
    if (i % 3 == 2) some.exchange(pipeline::make(device, {1ms, 16}).value());
  }
  done = true;

  const auto count = decode.get();
  const auto got = encode.get();
  infer.get();

  ASSERT_EQ(got.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) ASSERT_EQ(got[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(StepGateItems, ASessionMayServeOneStageAfterAnother) {
  pipeline_device some{pipeline_device::chain()};
  auto one = some.join("infer");
  EXPECT_EQ(one->join_stage("encode").error().code, errc::conflict);
  one->leave_stage();
  EXPECT_TRUE(one->join_stage("encode"));
  EXPECT_EQ(some.enter()->join_stage("encode").error().code, errc::overloaded);
}

TEST(StepGateItems, AreRefusedWhereTheyDoNotBelong) {
  pipeline_device some{pipeline_device::chain()};
  auto one = some.enter();
  EXPECT_EQ(one->join_stage("render").error().code, errc::not_found);
  EXPECT_THAT(one->join_stage("render").error().hint, HasSubstr("decode, infer, encode"));
  EXPECT_EQ(one->take_item().error().code, errc::conflict) << "it serves no stage";
  ASSERT_TRUE(one->join_stage("infer"));
  EXPECT_EQ(one->put_item(parcel("x")).error().code, errc::conflict) << "it has no item";
  EXPECT_EQ(one->fail_item(error{}).error().code, errc::conflict);
  one->leave_stage();
  ASSERT_TRUE(one->join_stage("decode"));
  EXPECT_EQ(one->take_item().error().code, errc::conflict) << "the first stage has nothing to take";
  EXPECT_TRUE(one->next_step()) << "and the step went on all the while";
}

TEST(StepGateItems, NeedStages) {
  const auto gate = std::make_shared<step_gate>(step_gate_options{1, {}, {}});
  share_contract contract;
  contract.id = {1};
  contract.holder = {1};
  contract.token = 1;
  gate->apply({share_granted{{1}, contract}});
  const auto session = gate->enter({1}, {1}, nullptr).value();

  const auto joined = session->join_stage("decode");

  EXPECT_EQ(joined.error().code, errc::not_found);
  EXPECT_THAT(joined.error().hint, HasSubstr("stages"));
}

TEST(StepGateItems, AnotherGraphWaitsUntilAllHaveLeft) {
  pipeline_device some{pipeline_device::chain()};
  const auto same = stage_graph::make(pipeline_device::chain(), 4).value();
  const auto other = stage_graph::make({{"only"}}, 4).value();
  auto one = some.join("infer");

  EXPECT_TRUE(some.gate->set_stages(same));
  EXPECT_EQ(some.gate->set_stages(other).error().code, errc::conflict);
  one.reset();
  EXPECT_TRUE(some.gate->set_stages(other));
  EXPECT_TRUE(some.join("only"));
}

}  // namespace
}  // namespace dunlin
