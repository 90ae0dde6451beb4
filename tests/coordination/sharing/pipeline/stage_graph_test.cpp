// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/stage_graph.hpp"

#include <gmock/gmock.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

result<stage_graph> graph(std::vector<stage_spec> stages) { return stage_graph::make(std::move(stages), 4); }

struct refusal {
  errc code;
  std::string path;
  friend bool operator==(const refusal&, const refusal&) = default;
};

refusal refused(std::vector<stage_spec> stages) {
  const auto made = graph(std::move(stages));
  return made ? refusal{errc::none, {}} : refusal{made.error().code, made.error().path};
}

TEST(StageGraph, KnowsWhatComesBeforeAndAfterEachStage) {
  const auto some = graph({{"encode", {"left", "right"}}, {"decode"}, {"right", {"decode"}}, {"left", {"decode"}}});

  ASSERT_TRUE(some) << to_string(some.error());
  EXPECT_EQ(some->first(), 1U);
  EXPECT_THAT(some->order(), ElementsAre(1, 2, 3, 0));
  EXPECT_THAT(some->before(0), ElementsAre(3, 2)) << "as `after` names them";
  EXPECT_THAT(some->next(1), ElementsAre(2, 3));
  EXPECT_TRUE(some->is_last(0));
  EXPECT_EQ(some->find("left"), 3U);
  EXPECT_FALSE(some->find("middle"));
  EXPECT_EQ(some->names(), "encode, decode, right, left");
}

TEST(StageGraph, NamesTheStagesOfACycle) {
  const auto some = graph({{"in"}, {"a", {"in", "c"}}, {"b", {"a"}}, {"c", {"b"}}, {"out", {"c"}}});

  EXPECT_EQ(some.error().code, errc::cyclic_dependency);
  EXPECT_EQ(some.error().context, "a -> b -> c -> a");
  EXPECT_EQ(graph({{"a", {"a"}}}).error().context, "a -> a");
}

TEST(StageGraph, PointsToWhatIsWrong) {
  EXPECT_EQ(refused({}), (refusal{errc::invalid_argument, "stages"}));
  EXPECT_EQ(refused(std::vector<stage_spec>(65)), (refusal{errc::invalid_argument, "stages"}));
  EXPECT_EQ(refused({{""}}), (refusal{errc::invalid_argument, "stages[0].name"}));
  EXPECT_EQ(refused({{std::string(65, 'a')}}), (refusal{errc::invalid_argument, "stages[0].name"}));
  EXPECT_EQ(refused({{"a"}, {"a"}}), (refusal{errc::conflict, "stages[1].name"}));
  EXPECT_EQ(refused({{"a"}, {"b", {"a", "x"}}}), (refusal{errc::unknown_dependency, "stages[1].after[1]"}));
  EXPECT_EQ(refused({{"a"}, {"b", {"a", "a"}}}), (refusal{errc::conflict, "stages[1].after[1]"}));
  EXPECT_EQ(refused({{"a", {}, 0}}), (refusal{errc::invalid_argument, "stages[0].parallelism"}));
  EXPECT_EQ(refused({{"a", {}, 5}}), (refusal{errc::invalid_argument, "stages[0].parallelism"}));
  EXPECT_EQ(refused({{"a", {}, 1, 0}}), (refusal{errc::invalid_argument, "stages[0].ring"}));
  EXPECT_EQ(refused({{"a", {}, 1, 1'025}}), (refusal{errc::invalid_argument, "stages[0].ring"}));
  EXPECT_EQ(refused({{"a"}, {"b"}}), (refusal{errc::invalid_argument, "stages[1].after"}));
  EXPECT_EQ(refused({{"a", {}, 4, 1'024}}), (refusal{errc::none, {}}));
}

TEST(StageGraph, SaysWhichStagesThereAre) { EXPECT_THAT(graph({{"a"}, {"b", {"x"}}}).error().hint, HasSubstr("a, b")); }

}  // namespace
}  // namespace dunlin
