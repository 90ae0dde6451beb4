// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/shape_table.hpp"

#include <string>

#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {
namespace {

using testing::Contains;
using testing::Each;
using testing::IsEmpty;
using testing::Not;

task_shape kind(const std::string& name) {
  task_shape shape;
  shape.kind = name;
  return shape;
}

/// Interns and releases shapes until everything idle before is retired.
void flood(shape_table& shapes, const std::string& prefix) {
  for (int i = 0; i < 1'024; ++i) shapes.release(shapes.intern(kind(prefix + std::to_string(i))));
}

TEST(ShapeTable, EqualShapesHaveOneId) {
  shape_table shapes;

  const auto first = shapes.intern(kind("a"));

  EXPECT_EQ(shapes.intern(kind("a")), first);
  EXPECT_NE(shapes.intern(kind("b")), first);
  EXPECT_EQ(shapes.size(), 2U);
  EXPECT_EQ(shapes.at(first).kind, "a");
}

TEST(ShapeTable, FindsWhatIsKnownAndCountsNoReference) {
  shape_table shapes;
  const auto a = shapes.intern(kind("a"));
  const auto b = shapes.intern(kind("b"));

  EXPECT_EQ(shapes.find(kind("a")), a);
  EXPECT_EQ(shapes.find(kind("b")), b);
  EXPECT_EQ(shapes.find(kind("c")), std::nullopt);

  shapes.release(a);
  flood(shapes, "other");
  EXPECT_EQ(shapes.find(kind("a")), std::nullopt);
  EXPECT_EQ(shapes.find(kind("b")), b);
}

TEST(ShapeTable, DoesNotFindTheShapeThatWasAskedForLastOnceItIsRetired) {
  shape_table shapes;
  shapes.release(shapes.intern(kind("a")));
  flood(shapes, "other");
  ASSERT_EQ(shapes.find(kind("other1023")).has_value(), true);

  flood(shapes, "newer");
  ASSERT_THAT(shapes.retired(), Not(IsEmpty()));

  EXPECT_EQ(shapes.find(kind("other1023")), std::nullopt);
  EXPECT_EQ(shapes.find(kind("a")), std::nullopt);
}

TEST(ShapeTable, EveryFieldMakesADifference) {
  std::vector<task_shape> all(18, kind("a"));
  all[1].capabilities = {"x"};
  all[2].needs.cpu_milli = 1;
  all[3].needs.host_bytes = 1;
  all[4].needs.gpu_milli = 1;
  all[5].needs.gpu_bytes = 1;
  all[6].variants = {resources{1, 0, 0, 0}};
  all[7].sharing = sharing_pattern::exclusive;
  all[8].isolation = isolation_mode::process;
  all[9].target_latency = milliseconds{1};
  all[10].timeout = milliseconds{1};
  all[11].retry.max_retries = 9;
  all[12].retry.exponential = false;
  all[13].where.node = "n";
  all[14].where.device = 1;
  all[15].checkpoint.interval = milliseconds{1};
  all[16].checkpoint.on_failure = true;
  all[17].on_lapse = lapse_rule::carry_on;
  shape_table shapes;

  for (const auto& shape : all) shapes.intern(shape);

  EXPECT_EQ(shapes.size(), all.size());
}

TEST(ShapeTable, AnUnusedShapeKeepsItsIdForAWhile) {
  shape_table shapes;
  const auto id = shapes.intern(kind("a"));

  shapes.release(id);

  EXPECT_EQ(shapes.size(), 1U);
  EXPECT_THAT(shapes.retired(), IsEmpty());
  EXPECT_EQ(shapes.intern(kind("a")), id);
}

TEST(ShapeTable, TheOldestUnusedShapeRetiresFirst) {
  shape_table shapes;
  const auto id = shapes.intern(kind("a"));
  shapes.release(id);

  flood(shapes, "other");

  EXPECT_THAT(shapes.retired(), testing::ElementsAre(id));
  EXPECT_EQ(shapes.size(), 1'024U);
  EXPECT_EQ(shapes.at(id).kind, "a") << "it still reads as before";
}

TEST(ShapeTable, AShapeInUseNeverRetires) {
  shape_table shapes;
  const auto used = shapes.intern(kind("used"));
  const auto again = shapes.intern(kind("again"));
  shapes.release(again);
  EXPECT_EQ(shapes.intern(kind("again")), again);

  flood(shapes, "x");
  flood(shapes, "y");

  EXPECT_THAT(shapes.retired(), Not(Contains(used)));
  EXPECT_THAT(shapes.retired(), Not(Contains(again)));
  EXPECT_EQ(shapes.intern(kind("used")), used);
}

TEST(ShapeTable, ARetiredIdIsGivenOutOnlyOnceItIsCleared) {
  shape_table shapes;
  const auto id = shapes.intern(kind("a"));
  shapes.release(id);
  flood(shapes, "x");

  const auto before = shapes.intern(kind("new"));
  EXPECT_NE(before, id);
  const auto reborn = shapes.intern(kind("a"));
  EXPECT_NE(reborn, id) << "a retired id does not come back to its shape either";
  shapes.clear_retired();

  EXPECT_THAT(shapes.retired(), IsEmpty());
  EXPECT_EQ(shapes.intern(kind("next")), id);
  EXPECT_EQ(shapes.at(id).kind, "next");
}

TEST(ShapeTable, IdsStayDenseUnderAStreamOfNewShapes) {
  shape_table shapes;
  std::vector<shape_id> ids;

  for (int i = 0; i < 10'000; ++i) {
    ids.push_back(shapes.intern(kind(std::to_string(i))));
    shapes.release(ids.back());
    shapes.clear_retired();
  }

  EXPECT_THAT(ids, Each(testing::Lt(1'100U)));
}

}  // namespace
}  // namespace dunlin
