// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dunlin::flight::retrieval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

citation from(const char* document, const char* text) { return {{document, 0, text}, {}}; }

const std::vector<citation>& birds() {
  static const std::vector<citation> all{
      from("waders.md", "A dunlin turns with its flock. It has a bill."),
      from("flocks.md", "A flock of dunlins\n  turns as one! Is a flock\tof geese slower? Yes."),
      from("bread.md", "Yeast makes bread rise."),
  };
  return all;
}

std::vector<std::string> sentences(const summary& of) {
  std::vector<std::string> out;
  for (const auto& one : of.quotes) out.push_back(one.sentence);
  return out;
}

TEST(Sentences, EndWithAStopBeforeABlank) {
  EXPECT_THAT(sentences_of("One. Two! Three? See section 3.2 of it"),
              ElementsAre("One.", "Two!", "Three?", "See section 3.2 of it"));
}

TEST(Sentences, HaveTheirWhiteSpaceCollapsed) {
  EXPECT_THAT(sentences_of("  a\n\t b.\r\n  c  "), ElementsAre("a b.", "c"));
  EXPECT_THAT(sentences_of(" \n "), IsEmpty());
}

TEST(Summary, QuotesWhatAnswersTheQuestionAndNothingElse) {
  const auto answer = synthesise("does a flock turn", birds(), 10);

  EXPECT_THAT(sentences(answer),
              testing::UnorderedElementsAre("A dunlin turns with its flock.", "A flock of dunlins turns as one!",
                                            "Is a flock of geese slower?"));
}

TEST(Summary, SaysWhereEachQuoteStands) {
  const auto answer = synthesise("flock of geese", birds(), 1);

  ASSERT_EQ(answer.quotes.size(), 1U);
  EXPECT_EQ(answer.quotes.front().sentence, "Is a flock of geese slower?");
  EXPECT_EQ(answer.citations.at(answer.quotes.front().citation).cited.document, "flocks.md");
  EXPECT_TRUE(is_faithful(answer));
}

TEST(Summary, PrefersWhatHasNotBeenSaid) {
  const std::vector<citation> all{from("a", "The dunlin turns quickly."), from("b", "The dunlin turns quickly."),
                                  from("c", "Why a flock of them would turn nobody knows, dunlin or not.")};
  const auto answer = synthesise("dunlin turns", all, 2);

  EXPECT_THAT(sentences(answer),
              ElementsAre("The dunlin turns quickly.", "Why a flock of them would turn nobody knows, dunlin or not."));
}

TEST(Summary, SaysNothingTwice) {
  const std::vector<citation> all{from("a", "The dunlin turns."), from("b", "Turns the dunlin?")};
  EXPECT_THAT(sentences(synthesise("dunlin", all, 2)), ElementsAre("The dunlin turns."));
}

TEST(Summary, OfNothingThatFitsIsEmptyAndNotFaithful) {
  for (const auto& answer :
       {synthesise("quantum", birds(), 3), synthesise("flock", {}, 3), synthesise("flock", birds(), 0)}) {
    EXPECT_THAT(answer.quotes, IsEmpty());
    EXPECT_FALSE(is_faithful(answer));
  }
}

TEST(Summary, IsNotFaithfulWithAnAlteredQuoteOrAnotherSource) {
  const auto right = synthesise("flock", birds(), 2);
  ASSERT_TRUE(is_faithful(right));

  auto altered = right;
  altered.quotes.back().sentence += " Always.";
  EXPECT_FALSE(is_faithful(altered));
  auto elsewhere = right;
  elsewhere.quotes.front().citation = 2;
  EXPECT_FALSE(is_faithful(elsewhere));
  auto nowhere = right;
  nowhere.quotes.front().citation = 3;
  EXPECT_FALSE(is_faithful(nowhere));
  auto silent = right;
  silent.quotes.front().sentence.clear();
  EXPECT_FALSE(is_faithful(silent));
}

TEST(Summary, ReadsAsQuotesWithTheirSources) {
  const auto text = to_text(synthesise("geese", birds(), 1));

  EXPECT_EQ(text, "Is a flock of geese slower? [1]\n[1] flocks.md, byte 0\n");
}

}  // namespace
}  // namespace dunlin::flight::retrieval
