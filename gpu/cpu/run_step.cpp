// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/run_step.hpp"

#include <ctime>

#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

std::uint64_t read_ns(clockid_t clock) noexcept {
  timespec t{};
  clock_gettime(clock, &t);
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
  const auto wall = read_ns(CLOCK_MONOTONIC);
  const auto cpu = read_ns(CLOCK_THREAD_CPUTIME_ID);
  report.outcome = run_guarded(run);
  report.busy_ns = read_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
  report.wall_ns = read_ns(CLOCK_MONOTONIC) - wall;
  return report;
}

}  // namespace dunlin
