// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/gpu_bench.hpp"

#include <utility>

#include "cli/bench/gpu/bare_gpu.hpp"
#include "cli/bench/gpu/bench_holder.hpp"
#include "cli/bench/gpu/copy_pipeline.hpp"
#include "cli/bench/gpu/kernel_rates.hpp"
#include "cli/bench/gpu/launch_cost.hpp"
#include "cli/bench/gpu/overtaking.hpp"
#include "cli/bench/gpu/pool_beside_cuda.hpp"
#include "cli/bench/gpu/shared_gpu.hpp"
#include "gpu/cuda/cuda_device.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin::bench {

namespace {

result<void> note_gpu(bench_report& out, const cuda::driver_calls& driver, const device_port& device) {
  int version = 0;
  if (auto asked = cuda::check(driver, driver.driver_version(&version), {"cuDriverGetVersion"}); !asked) return asked;
  const auto facts = device.properties();
  out.notes.push_back(facts.name + ", " + std::to_string(facts.compute_units) + " groups of SMs, " +
                      std::to_string(facts.memory_bytes >> 20) + " MiB for us, " + facts.enforcement +
                      ", driver of CUDA " + std::to_string(version / 1'000) + "." +
                      std::to_string(version % 1'000 / 10));
  return {};
}

/// What one holder does that has the GPU for itself.
result<void> add_alone(bench_report& out, const cuda::driver_calls& driver, const cuda::cublas_calls& cublas,
                       const std::shared_ptr<device_port>& device, const gpu_bench_options& options) {
  auto holder = bench_holder::make(device, device->properties().memory_bytes / 2);
  if (!holder) return fail(std::move(holder.error()));
  auto bare = bare_gpu::make(driver, &cublas);
  if (!bare) return fail(std::move(bare.error()));
  if (auto added = add_launch_cost(out, **holder, **bare, options); !added) return added;
  if (auto added = add_kernel_rates(out, **holder, **bare, options); !added) return added;
  if (auto added = add_copy_pipeline(out, **holder, options); !added) return added;
  if (auto added = add_pool_beside_cuda(out, **holder, options); !added) return added;
  return add_overtaking(out, **holder, options);
}

result<void> measure(bench_report& out, const cuda::driver_calls& driver, const cuda::cublas_calls& cublas,
                     const gpu_bench_options& options) {
  cuda::device_options wanted;
  wanted.workers = options.agents + 1;
  wanted.cublas = &cublas;
  auto device = cuda::cuda_device::make(driver, wanted);
  if (!device) return fail(std::move(device.error()));
  if (auto noted = note_gpu(out, driver, **device); !noted) return noted;
  if (auto added = add_alone(out, driver, cublas, *device, options); !added) return added;
  return add_sharing(out, *device, options);
}

/// What it takes to measure anything.
struct libraries {
  const cuda::driver_calls* driver = nullptr;
  const cuda::cublas_calls* cublas = nullptr;
};

result<libraries> find_libraries(const gpu_bench_options& options) {
  libraries out{options.driver, options.cublas};
  if (out.driver == nullptr) {
    const auto driver = cuda::load_driver();
    if (!driver) return fail(error{driver.error()});
    out.driver = *driver;
  }
  if (out.cublas == nullptr) {
    const auto cublas = cuda::load_cublas();
    if (!cublas) return fail(error{cublas.error()});
    out.cublas = *cublas;
  }
  return out;
}

}  // namespace

result<bench_report> run_gpu_bench(const gpu_bench_options& options) {
  auto report = begin_report("gpu");
  const auto with = find_libraries(options);
  if (!with) {
    report.missing.push_back({"gpu", with.error().context});
    return report;
  }
  try {
    if (auto measured = measure(report, *with->driver, *with->cublas, options); !measured)
      return fail(std::move(measured.error()));
  } catch (const memory_exhausted& e) {
    return fail(errc::quota_exceeded, e.what(), "nothing else may use the GPU meanwhile");
  }
  return report;
}

}  // namespace dunlin::bench
