// SPDX-License-Identifier: Apache-2.0
// That the bench of dispatch measures what it says; never how fast.
#include "cli/bench/dispatch_bench.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "cli/bench/apart.hpp"
#include "cli/bench/local_swarm.hpp"
#include "cli/bench/peer_program.hpp"
#include "cli/bench/task_client.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::bench {
namespace {

using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;

TEST(Apart, FiguresComeBackFromAnotherProcess) {
  const auto here = getpid();
  const auto measured = measure_apart([&]() -> result<std::vector<double>> {
    return std::vector<double>{1.5, getpid() == here ? 0.0 : 1.0};
  });

  ASSERT_TRUE(measured);
  EXPECT_THAT(*measured, ElementsAre(1.5, 1));
}

TEST(Apart, AReasonComesBackInWords) {
  const auto measured =
      measure_apart([]() -> result<std::vector<double>> { return fail(errc::timeout, "nothing came up"); });

  ASSERT_FALSE(measured);
  EXPECT_THAT(measured.error().context, HasSubstr("nothing came up"));
}

TEST(Apart, AProcessThatDiesIsSaid) {
  const auto measured = measure_apart([]() -> result<std::vector<double>> { _exit(3); });

  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().code, errc::crashed);
}

TEST(PeerProgram, OneThatWasNotBuiltIsNotFound) {
  const auto rate = run_peer("nobody", "1", "A=b");

  ASSERT_FALSE(rate);
  EXPECT_EQ(rate.error().code, errc::not_found);
}

TEST(TaskClient, EveryResultIsCheckedInEveryWayOfSubmitting) {
  auto swarm = local_swarm::start(2, {ticket_kind_of(64)}, 64);
  ASSERT_TRUE(swarm);
  ASSERT_TRUE(wait_for_agents((*swarm)->leader(), 64));
  task_client client{(*swarm)->system(), (*swarm)->leader(), 2};

  EXPECT_THAT(client.rate(500, 16, 1), Gt(0));
  EXPECT_THAT(client.rate(2'000, 512, 64), Gt(0));
  EXPECT_EQ(client.one_by_one(20).size(), 20U);
  EXPECT_TRUE(client.fill_queue(3'000));
}

TEST(DispatchBench, NamesEveryFigureOrSaysWhyNot) {
  const scratch_directory directory;
  dispatch_options small;
  small.agents = 128;
  small.tasks = 2'000;
  small.one_by_one = 50;
  small.queued_tasks = 2'000;
  small.rounds = 1;
  small.idle_seconds = 0.1;
  small.directory = directory.path();

  const auto report = run_dispatch_bench(small);

  ASSERT_TRUE(report) << to_string(report.error());
  for (const auto* name : {"singly_tasks_per_s_w256", "batched_tasks_per_s_w4096", "bare_four_hop_tasks_per_s",
                           "one_by_one_p50_us", "bare_four_hop_p50_us", "starpu_tasks_per_s", "bytes_per_queued_task",
                           "node_rss_mb", "idle_cpu_percent", "spawn_10k_ms", "bytes_per_agent"}) {
    const auto measured = std::ranges::find(report->figures, name, &figure::name);
    const auto missing = std::ranges::find(report->missing, name, &missing_figure::name);
    EXPECT_NE(measured != report->figures.end(), missing != report->missing.end()) << name;
    if (missing != report->missing.end()) {
      EXPECT_NE(missing->why, "") << name;
    }
  }
}

}  // namespace
}  // namespace dunlin::bench
