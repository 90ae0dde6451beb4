// SPDX-License-Identifier: Apache-2.0
#include "cli/line/parse_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A verb that keeps what it is given.
class probe final : public verb {
 public:
  explicit probe(std::string_view name, flag_set flags = flag_set::client) : verb(name, "a probe", flags) {}
  void declare(option_list& options) override {
    options.positional("words", &words, "words", false);
    options.option("-c,--count", &count, "a number");
    options.option("--tag", &tags, "a list");
    options.option("--yes", &yes, "a switch");
  }
  result<int> run(verb_context&) override { return 0; }

  std::vector<std::string> words, tags;
  std::uint32_t count = 1;
  bool yes = false;
};

struct ParseLine : testing::Test {
  ParseLine() {
    verbs.push_back(std::make_unique<probe>("group one"));
    verbs.push_back(std::make_unique<probe>("group two"));
    verbs.push_back(std::make_unique<probe>("alone", flag_set::up));
  }
  probe& of(std::size_t at) { return static_cast<probe&>(*verbs[at]); }
  verb_set verbs;
};

TEST_F(ParseLine, FindsTheVerbAndFillsItsOptions) {
  const auto line = parse_line({"group", "two", "-c", "3", "--tag", "a", "word", "--tag", "b", "--yes"}, verbs);

  ASSERT_TRUE(line) << to_string(line.error());
  EXPECT_EQ(line->chosen, verbs[1].get());
  EXPECT_EQ(of(1).count, 3U);
  EXPECT_TRUE(of(1).yes);
  EXPECT_THAT(of(1).tags, ElementsAre("a", "b"));
  EXPECT_THAT(of(1).words, ElementsAre("word"));
}

TEST_F(ParseLine, SettingsOfClientsStandBeforeOrAfterTheVerb) {
  const auto line = parse_line(
      {"--state-dir", "/s", "group", "one", "--output", "json", "--set", "http.port=1", "--set", "node.gpus=false"},
      verbs);

  ASSERT_TRUE(line) << to_string(line.error());
  std::vector<std::string> given;
  for (const auto& one : line->flags) given.push_back(one.key + "=" + one.text);
  EXPECT_THAT(given, testing::UnorderedElementsAre("state_dir=/s", "output=json", "http.port=1", "node.gpus=false"));
}

TEST_F(ParseLine, AFlagComesAfterSetWhereverItStands) {
  const auto line = parse_line({"alone", "--http-port", "2", "--set", "http.port=1"}, verbs);

  ASSERT_TRUE(line) << to_string(line.error());
  const auto config = resolve({line->flags});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->swarm.http_port, 2);
}

TEST_F(ParseLine, AFlagIsOnlyWhereItMeansSomething) {
  verbs.push_back(std::make_unique<probe>("single", flag_set::node));

  EXPECT_TRUE(parse_line({"single", "--join", "127.0.0.1:7", "--name", "b"}, verbs));
  EXPECT_EQ(parse_line({"single", "--nodes", "2"}, verbs).error().code, errc::unknown_field);
  EXPECT_TRUE(parse_line({"alone", "--nodes", "2"}, verbs));
  EXPECT_EQ(parse_line({"alone", "--join", "127.0.0.1:7"}, verbs).error().code, errc::unknown_field);
  EXPECT_EQ(parse_line({"alone", "--name", "b"}, verbs).error().code, errc::unknown_field);
}

TEST_F(ParseLine, OfTwoTheLastOneCounts) {
  const auto line = parse_line({"--state-dir", "/a", "alone", "-c", "1", "-c", "2", "--state-dir", "/b"}, verbs);

  ASSERT_TRUE(line) << to_string(line.error());
  const auto config = resolve({line->flags});
  EXPECT_EQ(config->swarm.state_dir, "/b");
  EXPECT_EQ(of(2).count, 2U);
}

TEST_F(ParseLine, SwarmSettingsAreFlagsOfVerbsThatStartOne) {
  EXPECT_TRUE(parse_line({"alone", "--http-port", "0"}, verbs));
  EXPECT_FALSE(parse_line({"group", "one", "--http-port", "0"}, verbs));
}

TEST_F(ParseLine, AfterTwoDashesEverythingIsAWord) {
  const auto line = parse_line({"alone", "-c", "2", "--", "ls", "-l", "--tag", "--help"}, verbs);

  ASSERT_TRUE(line) << to_string(line.error());
  EXPECT_THAT(of(2).words, ElementsAre("ls", "-l", "--tag", "--help"));
  EXPECT_EQ(of(2).count, 2U);
}

TEST_F(ParseLine, AnUnknownVerbNamesTheNearestOne) {
  const auto line = parse_line({"alnoe"}, verbs);

  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, errc::unknown_verb);
  EXPECT_THAT(line.error().hint, HasSubstr("alone"));
  EXPECT_EQ(parse_line({"group", "tow"}, verbs).error().code, errc::unknown_verb);
  EXPECT_THAT(parse_line({"group", "tow"}, verbs).error().hint, HasSubstr("two"));
}

TEST_F(ParseLine, AGroupAloneSaysWhichVerbsItHas) {
  const auto line = parse_line({"group"}, verbs);

  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, errc::unknown_verb);
  EXPECT_THAT(line.error().hint, HasSubstr("one"));
}

TEST_F(ParseLine, AnUnknownOptionNamesTheNearestOne) {
  const auto line = parse_line({"alone", "--cuont", "3"}, verbs);

  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, errc::unknown_field);
  EXPECT_THAT(line.error().hint, HasSubstr("--count"));
}

TEST_F(ParseLine, AValueOfTheWrongTypeIsRefused) {
  EXPECT_EQ(parse_line({"alone", "-c", "many"}, verbs).error().code, errc::wrong_type);
  EXPECT_EQ(parse_line({"alone", "-c", "-3"}, verbs).error().code, errc::wrong_type);
  EXPECT_EQ(parse_line({"alone", "--set", "no-equals"}, verbs).error().code, errc::invalid_argument);
}

TEST_F(ParseLine, HelpIsATextAndNoError) {
  const auto line = parse_line({"group", "one", "--help"}, verbs);

  ASSERT_TRUE(line);
  EXPECT_EQ(line->chosen, nullptr);
  EXPECT_THAT(line->help, HasSubstr("--count"));
  EXPECT_THAT(parse_line({}, verbs)->help, HasSubstr("alone"));
}

TEST_F(ParseLine, HelpCallsTheVerbByItsWholeName) {
  EXPECT_THAT(parse_line({"group", "one", "--help"}, verbs)->help, HasSubstr("dunlin group one [OPTIONS]"));
  EXPECT_THAT(parse_line({"group", "one", "-c", "many"}, verbs).error().hint, HasSubstr("dunlin group one --help"));
}

TEST_F(ParseLine, HelpShowsDefaultsAndChoices) {
  const auto help = parse_line({"alone", "--help"}, verbs)->help;

  EXPECT_THAT(help, HasSubstr("--count NUMBER=1"));
  EXPECT_THAT(help, HasSubstr("--http-port NUMBER=8080"));
  EXPECT_THAT(help, HasSubstr("--store sqlite|memory=sqlite"));
  EXPECT_THAT(help, HasSubstr("--gpus true|false=true"));
}

TEST_F(ParseLine, AGroupIsDescribedByItsVerbs) { EXPECT_THAT(parse_line({}, verbs)->help, HasSubstr("one, two")); }

TEST(Verbs, EachHasASummaryAndCanBeNamed) {
  const auto verbs = all_verbs();
  const auto help = parse_line({"--help"}, verbs)->help;

  for (const auto& one : verbs) {
    EXPECT_FALSE(one->summary().empty()) << one->name();
    const auto first = std::string{one->name().substr(0, one->name().find(' '))};
    EXPECT_EQ(help.find("  " + first + " ") != std::string::npos, !one->hidden()) << one->name();
  }
}

}  // namespace
}  // namespace dunlin::cli
