// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/collectives/collectives_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace dunlin::bench {
namespace {

TEST(CollectivesBench, ReportsRatiosOfTwoAndOfFour) {
  collectives_bench_options options;
  options.program = {DUNLIN_PROGRAM};
  options.rounds = 1;
  options.bytes = 1 << 20;

  const auto report = run_collectives_bench(options);

  ASSERT_TRUE(report) << to_string(report.error());
  for (const auto* name : {"allreduce_bandwidth_ratio", "allreduce_bandwidth_ratio_4"}) {
    const auto found = std::ranges::find(report->figures, name, &figure::name);
    ASSERT_NE(found, report->figures.end()) << name;
    EXPECT_GT(found->value, 0);
    EXPECT_TRUE(found->noise);
  }
}

TEST(CollectivesBench, AProgramThatIsNoneOfOursIsAnError) {
  collectives_bench_options options;
  std::signal(SIGPIPE, SIG_IGN);  // as the program itself does
  options.program = {"/bin/false"};

  EXPECT_FALSE(run_collectives_bench(options));
}

}  // namespace
}  // namespace dunlin::bench
