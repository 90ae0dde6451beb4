// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/gpu_bench.hpp"

#include <functional>
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

/// Measures part after part. One that fails is missing, with the reason, and the others are measured all the same; but
/// nothing is after a fault of the GPU.
class parts {
 public:
  explicit parts(bench_report& out) : out_(out) {}

  void add(const char* part, const std::function<result<void>()>& measure) {
    if (is_lost_) return out_.missing.push_back({part, "the GPU was lost before"});
    auto measured = contained(measure);
    if (measured) return;
    is_lost_ = measured.error().code == errc::device_lost;
    out_.missing.push_back({part, to_string(measured.error())});
  }

 private:
  static result<void> contained(const std::function<result<void>()>& measure) {
    try {
      return measure();
    } catch (const memory_exhausted& e) {
      return fail(errc::quota_exceeded, e.what(), "nothing else may use the GPU meanwhile");
    }
  }

  bench_report& out_;
  bool is_lost_ = false;
};

/// What it takes to measure anything.
struct libraries {
  const cuda::driver_calls* driver = nullptr;
  const cuda::cublas_calls* cublas = nullptr;  ///< null = there is none
};

/// What one holder does that has the GPU for itself.
result<void> add_alone(bench_report& out, const libraries& with, const std::shared_ptr<device_port>& device,
                       const gpu_bench_options& options) {
  auto holder = bench_holder::make(device, device->properties().memory_bytes / 2);
  if (!holder) return fail(std::move(holder.error()));
  auto bare = bare_gpu::make(*with.driver, with.cublas);
  if (!bare) return fail(std::move(bare.error()));
  parts all{out};
  const auto add = [&](const char* part, const std::function<result<void>()>& measure) {
    all.add(part, measure);
    (*holder)->clear();
  };
  add("launches", [&] { return add_launch_cost(out, **holder, **bare, options); });
  add("kernels", [&] { return add_kernel_rates(out, **holder, **bare, options); });
  add("products", [&] { return add_product_rate(out, **holder, **bare, options); });
  add("pipeline", [&] { return add_copy_pipeline(out, **holder, options); });
  add("pool", [&] { return add_pool_beside_cuda(out, **holder, options); });
  add("overtaking", [&] { return add_overtaking(out, **holder, options); });
  return {};
}

result<void> measure(bench_report& out, const libraries& with, const gpu_bench_options& options) {
  cuda::device_options wanted;
  wanted.workers = options.agents + 1;
  wanted.cublas = with.cublas;
  auto device = cuda::cuda_device::make(*with.driver, wanted);
  if (!device) return fail(std::move(device.error()));
  if (auto noted = note_gpu(out, *with.driver, **device); !noted) return noted;
  parts all{out};
  all.add("alone", [&] { return add_alone(out, with, *device, options); });
  all.add("sharing", [&] { return add_sharing(out, *device, options); });
  return {};
}

/// Errors: why there is no GPU.
result<libraries> find_libraries(bench_report& out, const gpu_bench_options& options) {
  libraries found{options.driver, options.cublas};
  if (found.driver == nullptr) {
    const auto driver = cuda::load_driver();
    if (!driver) return fail(error{driver.error()});
    found.driver = *driver;
  }
  if (found.cublas == nullptr) {
    const auto cublas = cuda::load_cublas();
    if (cublas)
      found.cublas = *cublas;
    else
      out.notes.push_back("without products: " + cublas.error().context);
  }
  return found;
}

}  // namespace

result<bench_report> run_gpu_bench(const gpu_bench_options& options) {
  auto report = begin_report("gpu");
  const auto with = find_libraries(report, options);
  if (!with) {
    report.missing.push_back({"gpu", with.error().context});
    return report;
  }
  if (auto measured = measure(report, *with, options); !measured) return fail(std::move(measured.error()));
  return report;
}

}  // namespace dunlin::bench
