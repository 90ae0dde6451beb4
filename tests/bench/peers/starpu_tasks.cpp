// SPDX-License-Identifier: Apache-2.0
// StarPU beside our dispatch, used as its manual does for many small tasks: CPU tasks without data, made one by one,
// run by two workers under the scheduler that STARPU_SCHED names, and waited for together. Each carries a number and
// adds it to a sum that is checked. Prints tasks per second, or 0 if the sum was wrong.
//
// starpu_tasks COUNT
#include <starpu.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<std::uint64_t> sum{0};

void add(void*[], void* argument) {
  sum.fetch_add(reinterpret_cast<std::uintptr_t>(argument), std::memory_order_relaxed);
}

bool submit(starpu_codelet& codelet, std::uint64_t number) {
  auto* task = starpu_task_create();
  task->cl = &codelet;
  task->cl_arg = reinterpret_cast<void*>(number);  // NOLINT(performance-no-int-to-ptr): what the C interface takes
  return starpu_task_submit(task) == 0;
}

double rate(starpu_codelet& codelet, std::uint64_t count) {
  sum = 0;
  const auto from = starpu_timing_now();  // microseconds
  for (std::uint64_t number = 1; number <= count; ++number)
    if (!submit(codelet, number)) return 0;
  if (starpu_task_wait_for_all() != 0) return 0;
  const auto took = starpu_timing_now() - from;
  return sum == count * (count + 1) / 2 ? static_cast<double>(count) * 1e6 / took : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  starpu_conf conf;
  starpu_conf_init(&conf);
  conf.ncpus = 2;
  conf.ncuda = 0;
  conf.nopencl = 0;
  if (starpu_init(&conf) != 0) return 1;
  starpu_codelet codelet;
  starpu_codelet_init(&codelet);
  codelet.cpu_funcs[0] = add;
  rate(codelet, count / 4);  // warm
  std::printf("%.0f\n", rate(codelet, count));
  starpu_shutdown();
  return 0;
}
