// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/task_query.hpp"

#include <gtest/gtest.h>

namespace dunlin::net {
namespace {

result<task_filter> list_query(const std::string& query) { return parse_list_query(*parse_target("/?" + query)); }
result<task_filter> erase_query(const std::string& query) {
  return parse_erase_query(*parse_target("/?" + query), 100'000);
}

TEST(TaskQuery, StatesTakeOurNamesAndTheSources) {
  const std::vector<task_state> expected{task_state::succeeded, task_state::running, task_state::failed};

  EXPECT_EQ(list_query("status=completed&status=processing,failed")->states, expected);
  EXPECT_EQ(list_query("state=succeeded,running,failed,completed")->states, expected);
}

TEST(TaskQuery, ReadsTheOtherFilters) {
  const auto filter = list_query("kind=echo&name=a&limit=7&after=00000000000000000000000003");

  EXPECT_EQ(filter->kind, "echo");
  EXPECT_EQ(filter->name, "a");
  EXPECT_EQ(filter->limit, 7U);
  EXPECT_EQ(filter->after, (task_id{0, 3}));
}

TEST(TaskQuery, BadValuesAreRefusedByName) {
  EXPECT_EQ(list_query("state=sleeping").error().path, "state");
  EXPECT_EQ(list_query("status=").error().path, "status");
  for (const auto* limit : {"0", "1001", "-1", "x", "1x", "", "99999999999999999999"})
    EXPECT_EQ(list_query("limit=" + std::string{limit}).error().code, errc::invalid_argument) << limit;
  EXPECT_EQ(list_query("after=7").error().path, "after");
  EXPECT_EQ(list_query("stat=running").error().hint, "did you mean 'state'?");
}

TEST(TaskQuery, DeletingMeansEndedTasksOnly) {
  const auto filter = erase_query("older_than_s=60");

  EXPECT_EQ(filter->finished_before, 40'000);
  EXPECT_EQ(erase_query("state=failed")->finished_before, 100'001);
  EXPECT_EQ(erase_query("state=running").error().code, errc::invalid_argument);
}

TEST(TaskQuery, DeletingEverythingMustBeSaid) { EXPECT_EQ(erase_query("").error().code, errc::missing_field); }

TEST(TaskQuery, AnAgeBeforeTheEpochMatchesNothingRatherThanEverything) {
  EXPECT_EQ(erase_query("older_than_s=1000000")->finished_before, 1);
}

}  // namespace
}  // namespace dunlin::net
