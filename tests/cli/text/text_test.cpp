// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "cli/text/choice_lines.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/json_fields.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/printable.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/table.hpp"

namespace dunlin::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirContent) {
  table rows{{"NAME", "COUNT>"}};
  rows.add({"a", "7"});
  rows.add({"longer", "12"});

  EXPECT_EQ(rows.render(), "NAME    COUNT\na           7\nlonger     12\n");
}

TEST(Table, CountsCharactersNotBytes) {
  table rows{{"A", "B"}};
  rows.add({"äö", "x"});
  rows.add({"abc", "y"});

  EXPECT_EQ(rows.render(), "A    B\näö   x\nabc  y\n");
}

TEST(Table, NoCellCanSteerTheTerminal) {
  table rows{{"A"}};
  rows.add({"\x1b[31mred\nline"});

  EXPECT_EQ(rows.render(), "A\n?[31mred?line\n");
}

TEST(Table, MissingCellsAreEmpty) {
  table rows{{"A", "B"}};
  rows.add({"1"});

  EXPECT_EQ(rows.render(), "A  B\n1\n");
}

TEST(Choice, IsExplainedWhereTheDeviceChoosesItsPattern) {
  device_view device;
  device.node = "n1";
  EXPECT_TRUE(choice_lines(device).empty());

  device.sharing.choice = {true, 1, "so it is", "something happens", {}};

  EXPECT_EQ(choice_lines(device), (std::vector<std::string>{"n1/0 is in automatic mode: so it is.",
                                                            "    It changes when something happens."}));
}

TEST(Bar, FillsWithTheShare) {
  EXPECT_EQ(render_bar(0, "x", 4), "[....]   0 %  x");
  EXPECT_EQ(render_bar(0.5, "x", 4), "[##..]  50 %  x");
  EXPECT_EQ(render_bar(1, "x", 4), "[####] 100 %  x");
}

TEST(Bar, IsNeverFullBeforeTheEnd) { EXPECT_EQ(render_bar(0.999, "x", 4), "[###.]  99 %  x"); }

TEST(Bar, StaysInItsBracketsWhateverTheShare) {
  EXPECT_EQ(render_bar(7, "x", 4), "[####] 100 %  x");
  EXPECT_EQ(render_bar(-1, "x", 4), "[....]   0 %  x");
  EXPECT_EQ(render_bar(std::nan(""), "x", 4), "[....]   0 %  x");
}

struct lines {
  std::istringstream in;
  std::ostringstream out, err;
};

TEST(ProgressLine, OnATerminalOneLineIsRedrawnAndOldTextIsCovered) {
  lines to;
  {
    console terminal{to.in, to.out, to.err, output_format::table, true};
    progress_line line{terminal};
    line.show(1, 2, "a longer label");
    line.show(2, 2, "done");
  }

  const auto text = to.err.str();
  EXPECT_EQ(text.find('\n'), std::string::npos) << "the bar is taken away, it ends no line";
  EXPECT_NE(text.find("100 %  done          "), std::string::npos) << text;
  EXPECT_EQ(text.substr(text.size() - 2), " \r");
  EXPECT_TRUE(to.out.str().empty());
}

TEST(ProgressLine, NeverFillsTheTerminalsLastColumn) {
  lines to;
  console terminal{to.in, to.out, to.err, output_format::table, true};
  terminal.columns = 20;
  progress_line{terminal}.show(1, 2, "äöü a label that is far too long for it");

  const auto text = to.err.str();
  EXPECT_EQ(columns_of(text.substr(1, text.find('\r', 1) - 1)), 19U) << text;
}

TEST(ProgressLine, TheBarIsShorterOnANarrowTerminal) {
  lines to;
  console terminal{to.in, to.out, to.err, output_format::table, true};
  terminal.columns = 80;
  const std::string label(58, 'x');
  progress_line{terminal}.show(1, 2, label);

  EXPECT_NE(to.err.str().find("[#####.....]  50 %  " + label), std::string::npos) << to.err.str();
}

TEST(ProgressLine, ElsewhereTheShareStandsBeforeTheLabel) {
  lines to;
  console log{to.in, to.out, to.err};
  progress_line{log}.show(1, 4, "running");

  EXPECT_EQ(to.err.str(), " 25 %  running\n");
}

TEST(ProgressLine, ElsewhereALineIsWrittenPerTenth) {
  lines to;
  console log{to.in, to.out, to.err};
  progress_line line{log};
  for (int done = 0; done <= 1'000; ++done) line.show(static_cast<std::uint64_t>(done), 1'000, std::to_string(done));

  const auto text = to.err.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(ProgressLine, SaysNothingWithJson) {
  lines to;
  console json{to.in, to.out, to.err, output_format::json, true};
  progress_line{json}.show(1, 2, "x");

  EXPECT_EQ(to.err.str(), "");
}

TEST(InWords, Bytes) {
  EXPECT_EQ(bytes_in_words(0), "0 B");
  EXPECT_EQ(bytes_in_words(1'023), "1023 B");
  EXPECT_EQ(bytes_in_words(1'536), "1.5 KiB");
  EXPECT_EQ(bytes_in_words(300ULL << 20), "300 MiB");
  EXPECT_EQ(bytes_in_words(~0ULL), "16384 PiB");
}

TEST(InWords, Durations) {
  EXPECT_EQ(duration_in_words(0), "0 us");
  EXPECT_EQ(duration_in_words(1'500'000), "1.5 ms");
  EXPECT_EQ(duration_in_words(2'300'000'000), "2.3 s");
  EXPECT_EQ(duration_in_words(250'000'000'000), "4 min 10 s");
}

TEST(InWords, Times) {
  EXPECT_EQ(time_in_words(0), "-");
  EXPECT_EQ(time_in_words(1'000), "1970-01-01 00:00:01Z");
}

TEST(InWords, MomentsHaveMilliseconds) {
  EXPECT_EQ(moment_in_words(0), "-");
  EXPECT_EQ(moment_in_words(1'007), "1970-01-01 00:00:01.007Z");
}

TEST(Printable, KeepsLinesOnlyWhereTheyAreWanted) {
  EXPECT_EQ(printable("a\x1b[0m\tb\n"), "a?[0m?b?");
  EXPECT_EQ(printable("a\x7f\tb\n", true), "a?\tb\n");
  EXPECT_EQ(printable("äö"), "äö");
}

TEST(JsonText, IsReadBack) {
  json_text text;
  text.put("text", "a\"b\n\xff");
  text.put("big", ~std::uint64_t{0});
  text.put("odd", std::nan(""));
  const auto written = std::move(text).take();

  const auto read = json::parse(written);
  ASSERT_TRUE(read) << written;
  const auto& object = std::get<json::object>(read->data);
  EXPECT_EQ(field_of<std::string>(object, "text"), "a\"b\n\xEF\xBF\xBD");
  EXPECT_EQ(number_of<std::uint64_t>(object, "big"), ~std::uint64_t{0});
  EXPECT_EQ(number_of<int>(object, "missing"), 0);
  EXPECT_NE(written.find("\"odd\":null"), std::string::npos);
}

}  // namespace
}  // namespace dunlin::cli
