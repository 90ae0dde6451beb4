// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/target.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace dunlin::net {
namespace {

TEST(Target, SplitsPathAndQuery) {
  const auto target = parse_target("/v1/tasks?state=running&kind=a%20b+c&flag");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/tasks");
  EXPECT_EQ(*target->find("state"), "running");
  EXPECT_EQ(*target->find("kind"), "a b c");
  EXPECT_EQ(*target->find("flag"), "");
  EXPECT_EQ(target->find("none"), nullptr);
}

TEST(Target, ATrailingSlashIsDropped) {
  EXPECT_EQ(parse_target("/tasks/")->path, "/tasks");
  EXPECT_EQ(parse_target("/")->path, "/");
  EXPECT_EQ(parse_target("/tasks/?limit=1")->path, "/tasks");
}

TEST(Target, RefusesOtherFormsAndBadEscapes) {
  for (const auto* text :
       {"", "*", "tasks", "http://127.0.0.1/tasks", "/%", "/%4", "/%zz", "/%00", "/%0a", "/a?b=%", "/?a=%1g"})
    EXPECT_EQ(parse_target(text).error().code, errc::malformed) << text;
}

TEST(Target, BoundsTheQuery) {
  std::string text = "/?";
  for (int i = 0; i < 33; ++i) text += "a=1&";
  EXPECT_EQ(parse_target(text).error().code, errc::too_large);
}

TEST(Target, AnUnknownParameterIsNamedWithTheNearest) {
  static constexpr std::array<std::string_view, 2> known{"state", "limit"};
  const auto why = expect_only(*parse_target("/?limt=3"), known).error();

  EXPECT_EQ(why.code, errc::unknown_field);
  EXPECT_EQ(why.path, "limt");
  EXPECT_EQ(why.hint, "did you mean 'limit'?");
}

RC_GTEST_PROP(Target, AnyTextIsParsedOrRefused, (const std::string& text)) {
  const auto target = parse_target("/" + text);
  RC_ASSERT(target.has_value() || !target.error().context.empty());
}

}  // namespace
}  // namespace dunlin::net
