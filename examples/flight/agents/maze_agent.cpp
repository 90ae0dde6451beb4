// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/maze_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/agents/task_watcher.hpp"
#include "examples/flight/maze/a_star.hpp"
#include "examples/flight/maze/parallel_bfs.hpp"
#include "examples/flight/maze/wave.hpp"
#include "examples/flight/payload.hpp"

namespace dunlin::flight {

namespace {

constexpr std::uint32_t most_mazes = 10'000;

}  // namespace

result<bytes> maze_agent::handle(task_context& task) {
  const auto job = from_payload<maze::batch>(task.payload());
  if (!job) return fail(error{job.error()});
  if (job->count == 0 || job->count > most_mazes)
    return fail(errc::invalid_argument, std::to_string(job->count) + " mazes", "1 to 10000", "payload.count");
  task_watcher mazes{task, "mazes"};
  maze::comparison all;
  for (std::uint32_t i = 0; i < job->count; ++i) {
    // One maze at a time, so that a cancel is seen soon; which kind of maze a number gives stays the same.
    auto one = maze::generate(maze::plan_of(*job, i));
    if (!one) return fail(std::move(one.error()));
    all.add(
        maze::judge(*one, maze::solve_a_star(*one), maze::solve_parallel_bfs(*one, threads_), maze::solve_wave(*one)));
    if (auto more = step_done(&mazes, i + 1, job->count, "mazes"); !more) return fail(std::move(more.error()));
  }
  return to_payload(all);
}

}  // namespace dunlin::flight
