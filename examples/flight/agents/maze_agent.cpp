// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/maze_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/maze/a_star.hpp"
#include "examples/flight/maze/parallel_bfs.hpp"
#include "examples/flight/maze/wave.hpp"
#include "examples/flight/payload.hpp"

namespace dunlin::flight {

result<bytes> maze_agent::handle(task_context& task) {
  const auto job = from_payload<maze::batch>(task.payload());
  if (!job) return fail(error{job.error()});
  maze::comparison all;
  for (std::uint32_t i = 0; i < job->count; ++i) {
    if (task.cancelled()) return fail(errc::cancelled, "stopped after " + std::to_string(i) + " mazes");
    // One maze at a time, so that a cancel is seen soon; which kind of maze a number gives stays the same.
    auto one = maze::generate(maze::plan_of(*job, i));
    if (!one) return fail(std::move(one.error()));
    all.add(
        maze::judge(*one, maze::solve_a_star(*one), maze::solve_parallel_bfs(*one, threads_), maze::solve_wave(*one)));
    task.progress(static_cast<int>((i + 1) * 100 / job->count), "mazes", i + 1, job->count);
  }
  return to_payload(all);
}

}  // namespace dunlin::flight
