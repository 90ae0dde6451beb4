// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/wire_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "coordination/codec/fields.hpp"

namespace dunlin {
namespace {

TEST(WireText, LeavesGoodTextAlone) {
  EXPECT_EQ(as_wire_text("the pivot is zero: ä€𝄞"), "the pivot is zero: ä€𝄞");
  EXPECT_EQ(as_wire_text(""), "");
}

TEST(WireText, WritesBytesThatAreNoCharacterAsNumbers) {
  EXPECT_EQ(as_wire_text("a\xff"
                         "b"),
            "a\\xffb");
  EXPECT_EQ(as_wire_text("\xc3"), "\\xc3");                      // begins a character that does not end
  EXPECT_EQ(as_wire_text("\xed\xa0\x80ä"), "\\xed\\xa0\\x80ä");  // a surrogate
}

TEST(WireText, CutsBetweenCharacters) {
  EXPECT_EQ(as_wire_text("ääää", 5), "ää");
  EXPECT_EQ(as_wire_text("a\xff", 4), "a");  // half of `\xff` would say something else
  EXPECT_EQ(as_wire_text("abc", 0), "");
}

RC_GTEST_PROP(WireText, AnyReaderTakesWhateverComesOut, (const std::string& text)) {
  const auto limit = *rc::gen::inRange<std::size_t>(0, 40);

  const auto out = as_wire_text(text, limit);

  RC_ASSERT(out.size() <= limit);
  RC_ASSERT(codec::from_wire<std::string>(codec::to_wire(out)).has_value());
}

}  // namespace
}  // namespace dunlin
