// SPDX-License-Identifier: Apache-2.0
// Agents that are the stages of a pipeline on the node's processor.
#include <charconv>

#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;

namespace {

/// A payload is how many items it makes: 0, 1, 2 ...
class decoder final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto out = task.join_stage("decode");
    if (!out) return fail(std::move(out.error()));
    const auto count = std::stoi(std::string{as_text(task.payload())});
    for (int i = 0; i < count; ++i)
      if (auto put = out->put(to_bytes(std::to_string(i))); !put) return fail(std::move(put.error()));
    return to_bytes("put " + std::to_string(count));
  }
};

/// A payload is the item that it fails; `die` instead if it begins so.
class inferrer final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto stage = task.join_stage("infer");
    if (!stage) return fail(std::move(stage.error()));
    int done = 0;
    while (true) {
      auto item = stage->take();
      if (!item) return fail(std::move(item.error()));
      if (!*item) return to_bytes("inferred " + std::to_string(done));
      const std::string text{as_text((*item)->input())};
      if (task.payload() == to_bytes("die " + text)) throw std::runtime_error("cannot stand " + text);
      auto passed = task.payload() == to_bytes(text)
                        ? stage->fail(error{errc::handler_failed, "item " + text + " is spoilt"})
                        : stage->put(to_bytes(text + "!"));
      if (!passed) return fail(std::move(passed.error()));
      ++done;
    }
  }
};

/// Returns how many items came, what failed, and what was out of order.
class encoder final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto stage = task.join_stage("encode");
    if (!stage) return fail(std::move(stage.error()));
    std::string problems;
    std::uint64_t count = 0;
    while (true) {
      auto item = stage->take();
      if (!item) return fail(std::move(item.error()));
      if (!*item) return to_bytes(std::to_string(count) + " items" + problems);
      if ((*item)->failure)
        problems += "; " + (*item)->failure->context;
      else if ((*item)->input() != to_bytes(std::to_string(count) + "!"))
        problems += "; out of order";
      ++count;
    }
  }
};

share_options three_stages() {
  share_options out;
  out.pattern = sharing_pattern::pipeline;
  out.stages = {{"decode"}, {"infer", {"decode"}}, {"encode", {"infer"}}};
  return out;
}

}  // namespace

class PipelineOfAgents : public NodeFixture {
 protected:
  PipelineOfAgents() {
    auto options = impatient();
    options.kinds.push_back(kind_of<decoder>("decode"));
    options.kinds.push_back(kind_of<inferrer>("infer"));
    options.kinds.push_back(kind_of<encoder>("encode"));
    rig_ = start(std::move(options));
  }

  task_id grant(const std::string& kind, const std::string& payload = {}, bool device = true) {
    grant_options task;
    task.kind = kind;
    task.payload = payload;
    task.device = device;
    return rig_->grant(task);
  }
  task_outcome outcome_of(task_id task) { return rig_->leader->outcome_of(task); }

  bool is_shared_as(sharing_pattern pattern) {
    return rig_->leader->until([&](const auto& all) {
      return !all.beats.empty() && !all.beats.back().devices.empty() &&
             all.beats.back().devices.front().sharing.pattern == pattern;
    });
  }

  std::unique_ptr<node_rig> rig_;
};

TEST_F(PipelineOfAgents, AHundredItemsComeOutInOrderAndOneThatFailsFailsAlone) {
  rig_->coordinate(three_stages());
  const auto encode = grant("encode");
  const auto infer = grant("infer", "42");
  const auto decode = grant("decode", "100");

  EXPECT_THAT(outcome_of(decode), Succeeds("put 100"));
  EXPECT_THAT(outcome_of(infer), Succeeds("inferred 100"));
  EXPECT_THAT(outcome_of(encode), Succeeds("100 items; item 42 is spoilt"));
}

TEST_F(PipelineOfAgents, AHandlerThatThrowsFailsItsItemAndTheNextOneGoesOn) {
  rig_->coordinate(three_stages());
  const auto encode = grant("encode");
  const auto infer = grant("infer", "die 3");
  const auto decode = grant("decode", "20");

  EXPECT_EQ(outcome_of(infer).code, errc::handler_threw);
  const auto again = grant("infer", "none");

  EXPECT_THAT(outcome_of(again), Succeeds("inferred 16"));
  EXPECT_THAT(outcome_of(decode), Succeeds("put 20"));
  EXPECT_THAT(text_of(outcome_of(encode)), HasSubstr("20 items; agent"));
}

TEST_F(PipelineOfAgents, GoesOnWhileTheDeviceIsSharedInAnotherWay) {
  rig_->coordinate(three_stages());
  const auto encode = grant("encode");
  const auto infer = grant("infer", "none");
  const auto decode = grant("decode", "20000");

  for (const auto pattern : {sharing_pattern::time_sliced, sharing_pattern::pipeline}) {
    rig_->coordinate({.pattern = pattern});
    ASSERT_TRUE(is_shared_as(pattern));
  }

  EXPECT_THAT(outcome_of(decode), Succeeds("put 20000"));
  EXPECT_THAT(outcome_of(infer), Succeeds("inferred 20000"));
  EXPECT_THAT(outcome_of(encode), Succeeds("20000 items"));
}

TEST_F(PipelineOfAgents, WhoWaitsForAnItemIsCancelledAtOnce) {
  rig_->coordinate(three_stages());
  const auto infer = grant("infer");
  ASSERT_TRUE(rig_->leader->until([](const auto& all) {
    return !all.beats.empty() && !all.beats.back().devices.empty() &&
           all.beats.back().devices.front().sharing.holders == 1;
  }));

  rig_->cancel(infer);

  EXPECT_EQ(outcome_of(infer).code, errc::cancelled);
}

TEST_F(PipelineOfAgents, ADeviceWithoutStagesSaysSo) {
  EXPECT_THAT(outcome_of(grant("infer")), FailsWith(errc::not_found, "no stages"));
}

TEST_F(PipelineOfAgents, ATaskWithoutAShareServesNoStage) {
  EXPECT_THAT(outcome_of(grant("infer", "", false)), FailsWith(errc::conflict, "no share of a device"));
}

}  // namespace dunlin::testing
