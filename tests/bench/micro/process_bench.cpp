// SPDX-License-Identifier: Apache-2.0
// What a child process costs: a program from start to report, and a task in an agent that runs already. The program is
// its own child: with the argument `serve` it serves tasks, with `true` it returns.
#include <benchmark/benchmark.h>

#include <future>
#include <string_view>

#include "actors/process/child_agent.hpp"
#include "actors/process/serve_agent_child.hpp"

namespace dunlin {
namespace {

child_options self(const char* mode) {
  child_options options;
  options.executable = "/proc/self/exe";
  options.arguments = {"process_bench", mode};
  return options;
}

/// Start, run to the end, collect; `ballast` MiB of touched memory in the parent show what a copying fork would cost.
void start_to_report(benchmark::State& state) {
  const std::string ballast(static_cast<std::size_t>(state.range(0)) << 20, 'x');
  benchmark::DoNotOptimize(ballast.data());
  const auto host = process_host::make().value();
  for (auto _ : state) {
    std::promise<void> ended;
    child_events events;
    events.end = [&](const child_report& report) {
      if (report.exit_code != 0) state.SkipWithError("the child failed");
      ended.set_value();
    };
    static_cast<void>(host->start(self("true"), events));
    ended.get_future().wait();
  }
}

/// One echo task after the other in one child.
void agent_task(benchmark::State& state) {
  const auto host = process_host::make().value();
  const auto agent = child_agent::make(*host, self("serve"));
  child_order order;
  order.payload = bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::promise<void> ended;
    child_task_events events;
    events.done = [&](const child_task_end& end) {
      if (!end.outcome) state.SkipWithError("the task failed");
      ended.set_value();
    };
    static_cast<void>(agent->run(order, std::chrono::seconds(10), events));
    ended.get_future().wait();
  }
}

BENCHMARK(start_to_report)->ArgName("ballast_mib")->Arg(0)->Arg(512)->UseRealTime();
BENCHMARK(agent_task)->ArgName("bytes")->Arg(64)->Arg(128 * 1024)->UseRealTime();

}  // namespace
}  // namespace dunlin

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "true") return 0;
  if (mode == "serve")
    return dunlin::serve_agent_child(
        dunlin::child_channel_fd,
        [](const auto& order, auto&) -> dunlin::result<dunlin::bytes> { return order.payload; });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
