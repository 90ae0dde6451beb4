// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::flight::retrieval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tokens, AreRunsOfLettersAndDigitsInLowerCase) {
  EXPECT_THAT(words_of("The GPL-3, section 7(b)."), ElementsAre("the", "gpl", "3", "section", "7", "b"));
  EXPECT_THAT(words_of("one"), ElementsAre("one"));
}

TEST(Tokens, KeepLettersBeyondAscii) {
  EXPECT_THAT(words_of("caf\u00e9 \u00fcber"), ElementsAre("caf\u00e9", "\u00fcber"));
}

TEST(Tokens, OfNothingAreNone) {
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of(" \n--!?"), IsEmpty());
}

TEST(Terms, AreDistinctAndSortedWithoutStopWords) {
  EXPECT_THAT(terms_of("The hen and the fox, the fox!"), ElementsAre("fox", "hen"));
  EXPECT_THAT(terms_of("it is what it is"), IsEmpty());
}

TEST(StopWords, AreKnownInLowerCase) {
  for (const auto* word : {"a", "the", "your", "may"}) EXPECT_TRUE(is_stop_word(word)) << word;
  for (const auto* word : {"", "The", "licence", "zebra"}) EXPECT_FALSE(is_stop_word(word)) << word;
}

}  // namespace
}  // namespace dunlin::flight::retrieval
