// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dunlin::flight::digits {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

/// A line of 64 pixels of `pixel`, then `label`.
std::string line_of(const std::string& pixel, const std::string& label) {
  std::string line;
  for (std::size_t i = 0; i < pixels_per_digit; ++i) line += pixel + ",";
  return line + label;
}

TEST(DigitsDataset, HoldsThePublishedDigits) {
  const auto digits = read_dataset(DUNLIN_FLIGHT_DATA "/digits.csv.gz");

  ASSERT_TRUE(digits) << to_string(digits.error());
  EXPECT_EQ(digits->size(), 1797u);
  EXPECT_EQ(digits->pixels.size(), 1797u * pixels_per_digit);
  EXPECT_THAT(digits->pixels, Each(AllOf(Ge(0.0f), Le(1.0f))));
  EXPECT_EQ(std::ranges::count(digits->labels, 0), 178);
  EXPECT_EQ(std::ranges::count(digits->labels, 8), 174);
}

TEST(DigitsDataset, ScalesPixelsAndTakesAMissingLastNewline) {
  const auto digits = parse_dataset(line_of("4", "7") + "\n" + line_of("16", "0"), "text");

  ASSERT_TRUE(digits);
  EXPECT_THAT(digits->labels, testing::ElementsAre(7, 0));
  EXPECT_THAT(digits->image(0), Each(0.25f));
  EXPECT_THAT(digits->image(1), Each(1.0f));
}

TEST(DigitsDataset, RefusesWhatIsNoDigitAndNamesTheLine) {
  for (const std::string& bad : {line_of("17", "1"), line_of("1", "10"), line_of("1", ""), line_of("x", "1"),
                                 line_of("1", "1") + ",1", std::string{"1,2,3"}, std::string{""}}) {
    const auto digits = parse_dataset(line_of("1", "1") + "\n" + bad + "\n", "text");
    ASSERT_FALSE(digits) << bad;
    EXPECT_EQ(digits.error().code, errc::malformed);
    EXPECT_THAT(digits.error().context, HasSubstr("text line 2"));
  }
}

TEST(DigitsDataset, SaysWhichFileIsMissing) {
  const auto digits = read_dataset("no/such/digits.csv.gz");

  ASSERT_FALSE(digits);
  EXPECT_EQ(digits.error().code, errc::not_found);
  EXPECT_THAT(digits.error().context, HasSubstr("no/such/digits.csv.gz"));
}

}  // namespace
}  // namespace dunlin::flight::digits
