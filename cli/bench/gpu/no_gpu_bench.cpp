// SPDX-License-Identifier: Apache-2.0
// Instead of the others where the CUDA module is not built.
#include "cli/bench/gpu/gpu_bench.hpp"

namespace dunlin::bench {

result<bench_report> run_gpu_bench(const gpu_bench_options& /*options*/) {
  auto report = begin_report("gpu");
  report.missing.push_back({"gpu", "this program was built without the CUDA module"});
  return report;
}

}  // namespace dunlin::bench
