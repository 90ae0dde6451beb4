// SPDX-License-Identifier: Apache-2.0
#include "cli/picture/bars.hpp"

#include <gmock/gmock.h>

namespace dunlin::cli::picture {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count_of(std::string_view what, const std::string& in) {
  std::size_t out = 0;
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + 1)) ++out;
  return out;
}

TEST(Bars, EachHasItsNameItsValueAndItsEnds) {
  const auto svg = bars_svg({{"a<b", 2, 1.5, 3}, {"mine", 1.25, 1, 2, true}}, "t", "slowdown");

  EXPECT_THAT(svg, testing::StartsWith("<svg "));
  EXPECT_EQ(count_of("<rect x=", svg), 2U);
  EXPECT_THAT(svg, HasSubstr("a&lt;b"));
  EXPECT_THAT(svg, HasSubstr(">1.25<"));
  EXPECT_THAT(svg, HasSubstr("#d1495b")) << "the one that is marked";
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(Bars, OfNothingAreAPictureToo) {
  for (const auto& bars : {std::vector<bar>{}, std::vector<bar>{{"none", 0, 0, 0}}}) {
    const auto svg = bars_svg(bars, "t", "u");
    EXPECT_THAT(svg, HasSubstr("</svg>"));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
  }
}

}  // namespace
}  // namespace dunlin::cli::picture
