// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/kernels/kernels_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/blas_library.hpp"
#include "gpu/kernels/simd_backend.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// Runs for a fiftieth of a second at least, so that the clock and a late start are lost in it.
constexpr double least_seconds = 0.02;

/// Returns seconds of one run.
double seconds_of(const std::function<void()>& run) {
  unsigned runs = 0;
  const auto from = clock_type::now();
  double took = 0;
  do {
    run();
    ++runs;
    took = std::chrono::duration<double>(clock_type::now() - from).count();
  } while (took < least_seconds);
  return took / runs;
}

std::vector<float> drawn(std::uint64_t count) {
  std::minstd_rand random{5};
  std::vector<float> out(count);
  for (auto& one : out) one = static_cast<float>(random() % 2'000) / 1'000 - 1;
  return out;
}

std::vector<std::uint32_t> cores_for(std::uint32_t wanted) {
  auto out = allowed_cores();
  if (wanted > 0 && wanted < out.size()) out.resize(wanted);
  return out;
}

class kernels_bench {
 public:
  explicit kernels_bench(const kernels_bench_options& options)
      : options_(options), cores_(cores_for(options.cores)), team_(cores_), simd_(team_) {}

  result<bench_report> measure() {
    auto blas = load_blas();
    if (!blas) return fail(std::move(blas.error()));
    blas_ = *blas;
    // The calling thread is the first member.
    if (!pin_this_thread({cores_.front()})) report_.notes.emplace_back("this thread could not be tied to a core");
    add_streaming();
    add_rows();
    add_gates();
    add_products();
    pin_this_thread(cores_);
    if (failure_.code != errc::none) return fail(std::move(failure_));
    report_.notes.push_back(simd_.name() + " on " + std::to_string(team_.size()) + " cores");
    return std::move(report_);
  }

 private:
  template <class Call>
  void run(kernel_backend& backend, const Call& call) {
    if (auto done = backend.run(call); !done) failure_ = std::move(done.error());
  }

  /// Copies with every core; returns bytes read and written in a second.
  double copy_rate(const float* from, float* to, std::uint64_t count) {
    const auto seconds = seconds_of([&] {
      team_.run([&](team_part part) {
        const auto [first, past] = part.share_of(count, 16);
        std::memcpy(to + first, from + first, (past - first) * sizeof(float));
      });
    });
    return static_cast<double>(2 * count * sizeof(float)) / seconds;
  }

  /// Adds a kernel that moves `bytes`, beside copying `copied` numbers from `x_` to `y_`.
  void add_moving(const std::string& kernel, double bytes, std::uint64_t copied, std::string note,
                  const std::function<void()>& ours) {
    const auto sides = measure_abba(
        options_.rounds, [&] { return bytes / seconds_of(ours) / 1e9; },
        [&] { return copy_rate(x_.data(), y_.data(), copied) / 1e9; });
    add_ratio(kernel, sides, "GB/s", "copy", std::move(note));
  }

  /// Adds both sides, rates of the same unit, and their ratio under the name that readers look for.
  void add_ratio(const std::string& kernel, const comparison& sides, const char* unit, const char* limit,
                 std::string note) {
    const auto rate = kernel + (std::string_view{unit} == "GB/s" ? "_gb_per_s" : "_gflop_per_s");
    add_comparison(report_, rate, kernel + "_" + limit + rate.substr(kernel.size()), unit, sides);
    figure out;
    out.name = kernel + "_ratio_to_limit";
    out.value = spread_of(sides.ours).median / spread_of(sides.baseline).median;
    out.note = std::move(note);
    report_.figures.push_back(std::move(out));
  }

  void add_streaming() {
    const auto count = options_.numbers;
    const auto bytes = static_cast<double>(count * sizeof(float));
    const auto text = std::to_string(count >> 20) + " Mi numbers";
    float out = 0;
    add_moving("axpy", 3 * bytes, count, text, [&] { run(simd_, axpy_call{count, 0.5F, x_.data(), y_.data()}); });
    add_moving("add", 3 * bytes, count, text, [&] { run(simd_, add_call{count, x_.data(), y_.data(), z_.data()}); });
    add_moving("reduce", bytes, count, text, [&] { run(simd_, sum_call{count, x_.data(), &out}); });
    add_moving("dot", 2 * bytes, count, text, [&] { run(simd_, dot_call{count, x_.data(), y_.data(), &out}); });
  }

  void add_rows() {
    constexpr std::uint64_t columns = 4'096;
    const auto rows = std::max<std::uint64_t>(1, options_.numbers / columns);
    const auto count = rows * columns;
    const auto bytes = static_cast<double>(count * sizeof(float));
    add_moving("softmax", 2 * bytes, count, "rows of 4096", [&] {
      run(simd_, softmax_call{rows, columns, x_.data(), z_.data()});
    });
    constexpr std::uint32_t k = 10;
    std::vector<float> values(rows * k);
    std::vector<std::uint32_t> indices(rows * k);
    add_moving("topk", bytes, count, "the ten largest of rows of 4096", [&] {
      run(simd_, top_k_call{rows, columns, k, x_.data(), values.data(), indices.data()});
    });
  }

  /// The slowest of a low, a middle and the highest qubit.
  void add_gates() {
    const auto numbers = std::uint64_t{2} << options_.qubits;
    for (const auto target : {0U, options_.qubits / 2, options_.qubits - 1}) {
      gate_call call{options_.qubits, target, -1, {0.6F, 0, 0, 0.8F, 0, 0.8F, 0.6F, 0}, z_.data()};
      add_moving("gates_q" + std::to_string(target), static_cast<double>(2 * numbers * sizeof(float)), numbers,
                 std::to_string(options_.qubits) + " qubits, target " + std::to_string(target),
                 [&] { run(simd_, call); });
    }
    figure worst;
    for (const auto& one : report_.figures)
      if (one.name.starts_with("gates_q") && one.name.ends_with("_ratio_to_limit") &&
          (worst.name.empty() || one.value < worst.value))
        worst = one;
    worst.name = "gates_ratio_to_limit";
    report_.figures.push_back(worst);
  }

  void add_products() {
    const auto n = options_.matrix;
    const gemm_call call{n, n, n, 1, 0, x_.data(), y_.data(), z_.data(), false, false};
    const auto flops = 2.0 * static_cast<double>(n * n * n);
    const auto size = static_cast<blasint>(n);
    const auto directly = [&] {
      blas_.set_num_threads(static_cast<int>(team_.size()));
      pin_this_thread(cores_);
      const auto rate = flops / seconds_of([&] {
                          blas_.sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, x_.data(), size,
                                      y_.data(), size, 0, z_.data(), size);
                        });
      blas_.set_num_threads(1);
      pin_this_thread({cores_.front()});
      return rate / 1e9;
    };
    const auto ours = [&] { return flops / seconds_of([&] { run(simd_, call); }) / 1e9; };
    add_ratio("gemm", measure_abba(options_.rounds, ours, directly), "GFLOP/s", "openblas",
              std::to_string(n) + " x " + std::to_string(n));
    add_kmeans();
  }

  /// Its limit is the product of points and centroids alone.
  void add_kmeans() {
    constexpr std::uint64_t dimensions = 128;
    constexpr std::uint32_t clusters = 256;
    const auto count = std::max<std::uint64_t>(1, options_.numbers / dimensions / 4);
    const auto flops = 2.0 * static_cast<double>(count * dimensions * clusters);
    std::vector<std::uint32_t> nearest(count);
    auto centroids = drawn(dimensions * clusters);
    std::vector<float> products(count * clusters);
    float distance = 0;
    const auto ours = [&] {
      return flops / seconds_of([&] {
               run(simd_,
                   kmeans_call{count, dimensions, clusters, x_.data(), centroids.data(), nearest.data(), &distance});
             }) /
             1e9;
    };
    const auto product = [&] {
      const gemm_call call{count,     clusters,         dimensions,      1,     0,
                           x_.data(), centroids.data(), products.data(), false, true};
      return flops / seconds_of([&] { run(simd_, call); }) / 1e9;
    };
    add_ratio("kmeans", measure_abba(options_.rounds, ours, product), "GFLOP/s", "product",
              std::to_string(count) + " points of 128, 256 clusters");
  }

  kernels_bench_options options_;
  std::vector<std::uint32_t> cores_;
  core_team team_;
  simd_backend simd_;
  blas_functions blas_;
  std::uint64_t array_ =
      std::max({options_.numbers, options_.matrix* options_.matrix, std::uint64_t{2} << options_.qubits});
  std::vector<float> x_ = drawn(array_);
  std::vector<float> y_ = drawn(array_);
  std::vector<float> z_ = drawn(array_);
  bench_report report_ = begin_report("kernels");
  error failure_{errc::none};
};

}  // namespace

result<bench_report> run_kernels_bench(const kernels_bench_options& options) {
  return kernels_bench{options}.measure();
}

}  // namespace dunlin::bench
