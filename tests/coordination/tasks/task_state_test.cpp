// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/task_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dunlin {
namespace {

template <class Enum>
std::set<std::string_view> all_names() {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(enum_last(Enum{})); ++i) names.insert(to_string(static_cast<Enum>(i)));
  return names;
}

TEST(TaskState, EveryValueHasANameOfItsOwn) {
  EXPECT_EQ(all_names<task_state>().size(), 9U);
  EXPECT_EQ(all_names<pending_reason>().size(), 6U);
  EXPECT_EQ(all_names<transition>().size(), 18U);
  EXPECT_FALSE(all_names<transition>().contains("unknown"));
}

TEST(TaskState, ANumberWithoutANameIsUnknown) {
  EXPECT_EQ(to_string(static_cast<task_state>(9)), "unknown");
  EXPECT_EQ(to_string(static_cast<pending_reason>(200)), "unknown");
  EXPECT_EQ(to_string(static_cast<transition>(18)), "unknown");
}

TEST(TaskState, StoredNumbersKeepTheirMeaning) {
  EXPECT_EQ(to_string(static_cast<task_state>(4)), "succeeded");
  EXPECT_EQ(to_string(static_cast<task_state>(8)), "dead");
  EXPECT_EQ(to_string(static_cast<transition>(6)), "lease_lost");
  EXPECT_EQ(to_string(static_cast<transition>(17)), "requeue");
}

TEST(TaskState, TheLastFiveAreTerminal) {
  for (int i = 0; i < 9; ++i) EXPECT_EQ(is_terminal(static_cast<task_state>(i)), i >= 4) << i;
}

TEST(TaskState, EveryNameIsReadBack) {
  for (int i = 0; i < 9; ++i) {
    const auto state = static_cast<task_state>(i);
    EXPECT_EQ(parse_task_state(to_string(state)), state);
  }
}

TEST(TaskState, OtherSystemsNamesAreRead) {
  EXPECT_EQ(parse_task_state("completed"), task_state::succeeded);
  EXPECT_EQ(parse_task_state("processing"), task_state::running);
  EXPECT_EQ(parse_task_state("queued"), task_state::pending);
}

TEST(TaskState, AnotherNameIsRefusedWithTheRightOnes) {
  for (const auto* name : {"", "Pending", "unknown", "done"}) {
    const auto answer = parse_task_state(name);
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().code, errc::invalid_argument);
    EXPECT_THAT(answer.error().hint, testing::HasSubstr("backoff"));
  }
}

}  // namespace
}  // namespace dunlin
