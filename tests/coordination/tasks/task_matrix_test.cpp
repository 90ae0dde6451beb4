// SPDX-License-Identifier: Apache-2.0
// Every state against every input. The tables of specification section 3, turned by ninety degrees: what happens is
// named, and so is everything that must not happen.
#include <array>
#include <functional>
#include <memory>

#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

/// A task in one state, with the epoch of its newest grant.
struct subject {
  std::unique_ptr<table_story> story;
  task_id id;
  task_epoch held;
};

subject in(task_state state) {
  auto story = std::make_unique<table_story>(task_table_config{.crash_limit = 1});
  auto& t = *story;
  auto spec = work().retries(state == task_state::failed ? 0 : 5);
  if (state == task_state::expired) spec.deadline(noon + 1'000);
  const auto id = t.add(spec);
  auto held = task_epoch{id, 0};
  if (state == task_state::pending) {
    held = t.grant(id);
    t.give_back(held);  // a pending task that somebody held before is the harder case
  }
  if (state >= task_state::leased && state != task_state::pending) held = t.grant(id);
  if (state == task_state::running || state == task_state::dead) t.start(held);
  if (state == task_state::backoff || state == task_state::failed) t.fail(held);
  if (state == task_state::succeeded) t.succeed(held);
  if (state == task_state::cancelled) {
    EXPECT_TRUE(t.cancel(id));
    t.fail(held, errc::cancelled);
  }
  if (state == task_state::expired) t.pass(1s);
  if (state == task_state::dead) t.crash(held);
  EXPECT_EQ(t.state(id), state);
  return {std::move(story), id, held};
}

using input = std::function<void(subject&)>;

/// One input and the state it leads to from each of the nine.
struct row {
  const char* name;
  input give;
  std::array<task_state, 9> to;
};

constexpr auto P = task_state::pending;
constexpr auto L = task_state::leased;
constexpr auto R = task_state::running;
constexpr auto B = task_state::backoff;
constexpr auto S = task_state::succeeded;
constexpr auto F = task_state::failed;
constexpr auto C = task_state::cancelled;
constexpr auto E = task_state::expired;
constexpr auto D = task_state::dead;

task_epoch older(const subject& s) { return {s.id, s.held.epoch - 1}; }
task_epoch newer(const subject& s) { return {s.id, s.held.epoch + 1}; }

std::vector<row> rows() {
  return {
      // what happens                                                           P  L  R  B  S  F  C  E  D
      {"Grant", [](subject& s) { (void)s.story->try_grant(s.id, s.story->b); }, {L, L, R, B, S, F, C, E, D}},
      {"Start", [](subject& s) { s.story->start(s.held); }, {P, R, R, B, S, F, C, E, D}},
      {"StartByAnother", [](subject& s) { s.story->start(s.held, s.story->b); }, {P, L, R, B, S, F, C, E, D}},
      {"StartOfOlder", [](subject& s) { s.story->start(older(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"Succeed", [](subject& s) { s.story->succeed(s.held); }, {S, S, S, S, S, F, C, E, D}},
      {"SucceedOlder", [](subject& s) { s.story->succeed(older(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"SucceedNewer", [](subject& s) { s.story->succeed(newer(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"Fail", [](subject& s) { s.story->fail(s.held); }, {P, B, B, B, S, F, C, E, D}},
      {"FailOlder", [](subject& s) { s.story->fail(older(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"FailForGood", [](subject& s) { s.story->fail(s.held, errc::unknown_kind); }, {P, F, F, B, S, F, C, E, D}},
      {"Crash", [](subject& s) { s.story->crash(s.held); }, {P, D, D, B, S, F, C, E, D}},
      {"CrashOlder", [](subject& s) { s.story->crash(older(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"Drain", [](subject& s) { s.story->give_back(s.held); }, {P, P, P, B, S, F, C, E, D}},
      {"DrainOlder", [](subject& s) { s.story->give_back(older(s)); }, {P, L, R, B, S, F, C, E, D}},
      {"ShutDown", [](subject& s) { s.story->fail(s.held, errc::shutting_down); }, {P, P, P, B, S, F, C, E, D}},
      {"OwnerGone", [](subject& s) { s.story->lose_node(s.story->a); }, {P, P, D, B, S, F, C, E, D}},
      {"OtherGone", [](subject& s) { s.story->lose_node(s.story->b); }, {P, L, R, B, S, F, C, E, D}},
      {"Silence", [](subject& s) { s.story->lose_node(s.story->a, false); }, {P, L, R, B, S, F, C, E, D}},
      {"LeaseLapses", [](subject& s) { s.story->pass(17s); }, {P, P, D, P, S, F, C, E, D}},
      {"Cancel", [](subject& s) { (void)s.story->cancel(s.id); }, {C, L, R, C, S, F, C, E, D}},
      {"Progress", [](subject& s) { s.story->progress(s.held, 50); }, {P, R, R, B, S, F, C, E, D}},
      {"ProgressOfOlder", [](subject& s) { s.story->progress(older(s), 50); }, {P, L, R, B, S, F, C, E, D}},
      {"Checkpoint", [](subject& s) { s.story->checkpoint(s.held, "half"); }, {P, R, R, B, S, F, C, E, D}},
      {"CheckpointOfOlder", [](subject& s) { s.story->checkpoint(older(s), "x"); }, {P, L, R, B, S, F, C, E, D}},
      {"Requeue", [](subject& s) { (void)s.story->requeue(s.id); }, {P, L, R, B, S, P, C, E, P}},
      {"Renew", [](subject& s) { s.story->renew({s.held}, s.story->a); }, {P, L, R, B, S, F, C, E, D}},
      {"Adopt", [](subject& s) { s.story->adopt({s.held}, s.story->a); }, {P, L, R, B, S, F, C, E, D}},
  };
}

class TaskMatrix : public testing::TestWithParam<row> {};

TEST_P(TaskMatrix, LeadsWhereTheTableOfTransitionsSays) {
  for (std::size_t from = 0; from < GetParam().to.size(); ++from) {
    auto s = in(static_cast<task_state>(from));

    GetParam().give(s);

    EXPECT_EQ(s.story->state(s.id), GetParam().to[from]) << "from " << to_string(static_cast<task_state>(from));
    s.story->expect_consistent();
  }
}

/// An ended task says no more than that it has ended: nothing is written, whatever is heard.
TEST_P(TaskMatrix, WritesNothingForAnEndedTask) {
  for (const auto state : {S, C, E}) {
    auto s = in(state);
    const auto before = s.story->store.history(s.id);

    GetParam().give(s);

    EXPECT_EQ(s.story->store.history(s.id), before) << "in " << to_string(state);
  }
}

INSTANTIATE_TEST_SUITE_P(Inputs, TaskMatrix, testing::ValuesIn(rows()),
                         [](const auto& given) { return std::string{given.param.name}; });

}  // namespace
}  // namespace dunlin
