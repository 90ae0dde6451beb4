// SPDX-License-Identifier: Apache-2.0
// What the tasks of one batch must not be to each other.
#include "coordination/tasks/validation.hpp"
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;

TEST(ValidateBatch, RefusesNothingAndTooMuch) {
  const std::vector<task_spec> most(spec_limits::batch_tasks, work());
  auto more = most;
  more.push_back(work());

  EXPECT_TRUE(validate_batch(most));
  EXPECT_EQ(validate_batch(more).error().code, errc::too_large);
  EXPECT_EQ(validate_batch({}).error().code, errc::invalid_argument);
  EXPECT_EQ(validate_batch({}).error().path, "tasks");
}

TEST(ValidateBatch, NamesAndKeysAreUniqueWithinIt) {
  const auto names = validate_batch(std::vector<task_spec>{work("a"), work(), work("b"), work(), work("a")});
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().code, errc::conflict);
  EXPECT_EQ(names.error().path, "tasks[4].name");
  EXPECT_THAT(names.error().context, HasSubstr("tasks[0]"));

  const auto keys = validate_batch(std::vector<task_spec>{work().key("k"), work(), work().key("k")});
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, errc::duplicate_key);
  EXPECT_EQ(keys.error().path, "tasks[2].idempotency_key");
}

TEST(ValidateBatch, ADependencyIsAMemberOrAnId) {
  const auto answer = validate_batch(std::vector<task_spec>{work("a"), work().after({"a", "nobody"})});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::unknown_dependency);
  EXPECT_EQ(answer.error().path, "tasks[1].depends_on[1]");
  EXPECT_TRUE(validate_batch(std::vector<task_spec>{work().after(task_id{7, 7})})) << "whether it exists, others know";
}

TEST(ValidateBatch, AMemberGoesBeforeAnIdOfTheSameText) {
  const auto id = to_string(task_id{7, 7});
  EXPECT_EQ(validate_batch(std::vector<task_spec>{work(id).after({id})}).error().code, errc::cyclic_dependency);
}

TEST(ValidateBatch, ACycleIsNamedWhereverItStands) {
  const auto self = validate_batch(std::vector<task_spec>{work("a").after({"a"})});
  ASSERT_FALSE(self);
  EXPECT_EQ(self.error().context, "a -> a");

  const auto tail =
      validate_batch(std::vector<task_spec>{work("tail").after({"a"}), work("a").after({"b"}), work("b").after({"a"})});
  ASSERT_FALSE(tail);
  EXPECT_EQ(tail.error().context, "a -> b -> a") << "who merely leads into it is not on it";

  std::vector<task_spec> ring;
  ring.reserve(41);
  for (int i = 0; i < 40; ++i)
    ring.push_back(work("n" + std::to_string(i)).after({"n" + std::to_string((i + 1) % 40)}));
  ring.push_back(work("tail").after({"n0"}));
  const auto long_one = validate_batch(ring);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, errc::cyclic_dependency);
  EXPECT_THAT(long_one.error().context, HasSubstr("n15 -> (24 more) -> n0"));
}

}  // namespace
}  // namespace dunlin
