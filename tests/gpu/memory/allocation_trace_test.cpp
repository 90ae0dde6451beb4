// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/allocation_trace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dunlin {
namespace {

std::string trace_of(std::string_view lines) {
  std::string out{allocation_trace_header};
  out += '\n';
  return out += lines;
}

error refusal(std::string_view lines) { return parse_allocation_trace(trace_of(lines)).error(); }

TEST(AllocationTrace, ReadsWhatItWrites) {
  const std::vector<allocation_event> trace{
      {0, 0, false, 1, 100, 16}, {20, 3, false, 2, 40, 64}, {25, 0, true, 1, 100, 16}};
  std::string csv = trace_of("");
  for (const auto& event : trace) csv += to_csv_line(event) + "\n";

  EXPECT_EQ(parse_allocation_trace(csv).value(), trace);
  EXPECT_EQ(peak_live_bytes(trace), 140U);
}

TEST(AllocationTrace, MayEndItsLinesAsOtherSystemsDo) {
  EXPECT_EQ(parse_allocation_trace("time_ns,stream,op,id,bytes,alignment\r\n0,0,alloc,1,5,16\r\n").value().size(), 1U);
}

TEST(AllocationTrace, NeedsItsHeader) {
  EXPECT_EQ(parse_allocation_trace("0,0,alloc,1,5,16\n").error().path, "line 1");
}

TEST(AllocationTrace, SaysWhichLineDoesNotRead) {
  for (const auto* line : {"0,0,alloc,1,5", "0,0,alloc,1,5,16,9", "0,0,grow,1,5,16", "x,0,alloc,1,5,16",
                           "0,-1,alloc,1,5,16", "0,0,alloc,1,5 ,16", ",,,,,"}) {
    const auto why = refusal("0,0,alloc,9,5,16\n" + std::string{line});
    EXPECT_EQ(why.code, errc::malformed) << line;
    EXPECT_EQ(why.path, "line 3") << line;
  }
}

TEST(AllocationTrace, RefusesAHistoryThatCannotBe) {
  EXPECT_EQ(refusal("0,0,alloc,1,5,16\n0,0,alloc,1,5,16").code, errc::conflict);
  EXPECT_EQ(refusal("0,0,free,1,5,16").code, errc::conflict);
  EXPECT_EQ(refusal("0,0,alloc,1,5,16\n0,0,free,1,6,16").code, errc::conflict);
  EXPECT_EQ(refusal("0,0,alloc,1,5,17").code, errc::invalid_argument);
}

RC_GTEST_PROP(AllocationTrace, NeverFailsToAnswer, (const std::string& text)) {
  static_cast<void>(parse_allocation_trace(trace_of(text)));
}

}  // namespace
}  // namespace dunlin
