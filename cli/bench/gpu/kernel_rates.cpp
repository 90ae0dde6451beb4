// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/kernel_rates.hpp"

#include <utility>

#include "cli/bench/gpu/drawn_numbers.hpp"
#include "cli/bench/gpu/gpu_clock.hpp"

namespace dunlin::bench {

namespace {

constexpr double word = sizeof(float);

class kernel_rates {
 public:
  kernel_rates(bench_report& out, bench_holder& holder, bare_gpu& bare, const gpu_bench_options& options)
      : out_(out), holder_(holder), bare_(bare), options_(options) {}

  result<void> measure_moving() {
    add_streaming();
    add_rows();
    add_gate();
    return failed_.outcome();
  }
  result<void> measure_products() {
    add_product();
    return failed_.outcome();
  }

 private:
  template <class Call>
  gpu_call put(const Call& call) {
    return [this, call] { return holder_.kernels().run(call); };
  }
  gpu_call finish() {
    return [this] { return holder_.work().finish(); };
  }

  /// Adds a kernel that moves `bytes`, beside copies of `options_.numbers` from one array to another.
  void add_moving(const std::string& kernel, double bytes, const gpu_call& ours) {
    const double copied = 2 * word * static_cast<double>(options_.numbers);
    const auto rate = [&](double moved, const gpu_call& what, const gpu_call& done) {
      const double seconds = failed_(seconds_of(options_.least_seconds, what, done));
      return seconds > 0 ? moved / seconds / 1e9 : 0;
    };
    const auto sides = measure_abba(
        options_.rounds, [&] { return rate(bytes, ours, finish()); },
        [&] {
          return rate(
              copied, [this] { return bare_.copy(y_, x_, options_.numbers * sizeof(float)); },
              [this] { return bare_.finish(); });
        });
    add_comparison(out_, "gpu_" + kernel + "_gb_per_s", "gpu_" + kernel + "_copy_gb_per_s", "GB/s", sides);
    add_ratio(out_, "gpu_" + kernel + "_ratio_to_copy", sides, "bytes read and written, beside cuMemcpyAsync");
  }

  void add_streaming() {
    const auto count = options_.numbers;
    const double bytes = word * static_cast<double>(count);
    x_ = holder_.numbers<float>(count);
    y_ = holder_.numbers<float>(count);
    z_ = holder_.numbers<float>(count);
    one_ = holder_.numbers<float>(64);
    auto* halves = reinterpret_cast<std::uint16_t*>(z_);
    for (auto* each : {x_, y_, z_}) fill_all(each, count);
    add_moving("scale", 2 * bytes, put(scale_call{count, 0.5F, x_, z_}));
    add_moving("axpy", 3 * bytes, put(axpy_call{count, 0.5F, x_, y_}));
    add_moving("add", 3 * bytes, put(add_call{count, x_, y_, z_}));
    add_moving("narrow", 1.5 * bytes, put(narrow_call{count, half_format::bf16, x_, halves}));
    add_moving("widen", 1.5 * bytes, put(widen_call{count, half_format::bf16, halves, y_}));
    add_moving("sum", bytes, put(sum_call{count, x_, one_}));
    add_moving("dot", 2 * bytes, put(dot_call{count, x_, y_, one_}));
  }

  void add_rows() {
    constexpr std::uint64_t columns = 1'024;
    const auto rows = options_.numbers / columns;
    const double bytes = word * static_cast<double>(rows * columns);
    add_moving("softmax", 2 * bytes, put(softmax_call{rows, columns, x_, z_}));
    add_moving("column_sums", bytes, put(column_sums_call{rows, columns, x_, z_}));
  }

  void add_gate() {
    gate_call call;
    call.qubits = options_.qubits;
    call.target = options_.qubits / 2;
    call.state = x_;
    // Every amplitude, two numbers, is read and written.
    add_moving("gate", 4 * word * static_cast<double>(std::uint64_t{1} << call.qubits), put(call));
  }

  void add_product() {
    const auto size = options_.matrix;
    half_gemm_call call;
    call.m = call.n = call.k = size;
    auto* a = holder_.numbers<std::uint16_t>(size * size);
    auto* b = holder_.numbers<std::uint16_t>(size * size);
    call.a = a;
    call.b = b;
    call.c = holder_.numbers<float>(size * size);
    fill_all(a, size * size);
    fill_all(b, size * size);
    const double work = 2.0 * static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size);
    const auto rate = [&](const gpu_call& what, const gpu_call& done) {
      const double seconds = failed_(seconds_of(options_.least_seconds, what, done));
      return seconds > 0 ? work / seconds / 1e12 : 0;
    };
    const auto sides = measure_abba(
        options_.rounds, [&] { return rate(put(call), finish()); },
        [&] { return rate([&] { return bare_.multiply(call); }, [this] { return bare_.finish(); }); });
    add_comparison(out_, "gpu_gemm_bf16_tflop_per_s", "gpu_cublas_bf16_tflop_per_s", "TFLOP/s", sides);
    add_ratio(out_, "gpu_gemm_bf16_ratio_to_cublas", sides, std::to_string(size) + " rows and columns");
  }

  template <class Number>
  void fill_all(Number* place, std::uint64_t count) {
    if (auto filled = fill(holder_.work(), place, count); !filled) failed_(fail(std::move(filled.error())));
  }

  bench_report& out_;
  bench_holder& holder_;
  bare_gpu& bare_;
  const gpu_bench_options& options_;
  first_failure failed_;
  float* x_ = nullptr;
  float* y_ = nullptr;
  float* z_ = nullptr;
  float* one_ = nullptr;
};

}  // namespace

result<void> add_kernel_rates(bench_report& out, bench_holder& holder, bare_gpu& bare,
                              const gpu_bench_options& options) {
  return kernel_rates{out, holder, bare, options}.measure_moving();
}

result<void> add_product_rate(bench_report& out, bench_holder& holder, bare_gpu& bare,
                              const gpu_bench_options& options) {
  return kernel_rates{out, holder, bare, options}.measure_products();
}

}  // namespace dunlin::bench
