// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/json/codec.hpp"
#include "net/json/value.hpp"

namespace dunlin::json {
namespace {

using testing::HasSubstr;

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(HostileJson, DepthIsBounded) {
  EXPECT_TRUE(parse(nested(32)));
  EXPECT_EQ(parse(nested(33)).error().code, errc::too_large);
  EXPECT_EQ(parse(std::string(1'000'000, '[')).error().code, errc::too_large);
}

TEST(HostileJson, ALargeTextIsRefusedBeforeItIsRead) {
  EXPECT_EQ(parse(std::string(101, ' '), {.bytes = 100}).error().code, errc::too_large);
}

TEST(HostileJson, DuplicateKeysAreRefusedWithTheirPath) {
  const auto why = parse(R"({"tasks": [{"kind": "a"}, {"kind": "b", "retry": {"x": 1, "y": 2, "x": 3}}]})").error();

  EXPECT_EQ(why.code, errc::malformed);
  EXPECT_EQ(why.path, "tasks[1].retry");
  EXPECT_THAT(why.context, HasSubstr("'x'"));
}

TEST(HostileJson, AKeySpelledWithAnEscapeIsStillADuplicate) {
  EXPECT_EQ(parse(R"({"kind": "a", "\u006bind": "b"})").error().code, errc::malformed);
}

TEST(HostileJson, ManyKeysAreCheckedQuickly) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text += "\"7\":0}";

  EXPECT_THAT(parse(text).error().context, HasSubstr("'7'"));
}

TEST(HostileJson, ANumberBeyondADoubleIsRefused) {
  EXPECT_EQ(parse("1e999").error().code, errc::malformed);
  EXPECT_EQ(parse("[-1e999]").error().code, errc::malformed);
  EXPECT_TRUE(parse(std::string(10'000, '9').insert(1, ".")));
}

TEST(HostileJson, WhatIsNotJsonIsRefused) {
  for (const auto* text :
       {"",   " ",  "{",   "}",   "[1,]",  "{\"a\":1,}", "nul",  "NaN",     "Infinity",      "-",
        "01", "1.", "'a'", "\"a", "{a:1}", "[1] [2]",    "{} x", "// c\n1", "\xef\xbb\xbf{", "\"\t\""})
    EXPECT_EQ(parse(text).error().code, errc::malformed) << text;
}

TEST(HostileJson, InvalidUtf8IsRefused) {
  for (const auto* text : {"\"\x80\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xff\"",
                           "\"\xe2\x82\"", "\"\\ud800\"", "\"\\udc00x\""})
    EXPECT_EQ(parse(text).error().code, errc::malformed);
}

TEST(HostileJson, ANulInsideIsData) {
  const auto tree = parse(R"("a\u0000b")");

  ASSERT_TRUE(tree);
  EXPECT_EQ(std::get<std::string>(tree->data), std::string("a\0b", 3));
}

TEST(HostileJson, ARefusalIsItselfValidJson) {
  const auto why = parse("{\"a\": \xff\xfe\"\n}").error();

  const auto read = parse_as<error>(to_json(why));

  ASSERT_TRUE(read) << to_json(why);
  EXPECT_EQ(read->code, errc::malformed);
}

TEST(HostileJson, EveryPrefixOfASpecIsRefused) {
  const std::string whole = R"({"tasks":[{"kind":"a","labels":{"k":"v"},"payload":{"base64":"AA=="}}]})";
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_FALSE(parse_task_specs(whole.substr(0, i))) << i;
  EXPECT_TRUE(parse_task_specs(whole));
}

}  // namespace
}  // namespace dunlin::json
