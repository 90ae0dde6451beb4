// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/run_step.hpp"

#include <ctime>

#include "gpu/cpu/helper_time.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

std::uint64_t wall_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

result<void> run_guarded(const std::function<result<void>()>& run) {
  try {
    return run();
  } catch (const memory_exhausted& e) {
    return fail(errc::quota_exceeded, e.what(), "ask for more memory, or work in smaller parts");
  } catch (const std::exception& e) {
    return fail(errc::handler_threw, e.what());
  } catch (...) {
    return fail(errc::handler_threw, "an exception that is no std::exception");
  }
}

}  // namespace

step_report run_step(const std::function<result<void>()>& run) {
  step_report report;
  const auto wall = wall_ns();
  const auto busy = thread_busy_ns();
  report.outcome = run_guarded(run);
  report.busy_ns = thread_busy_ns() - busy;
  report.wall_ns = wall_ns() - wall;
  return report;
}

}  // namespace dunlin
