// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/overtaking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <string>
#include <vector>

#include "cli/bench/gpu/gpu_clock.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/simd_backend.hpp"

namespace dunlin::bench {

namespace {

constexpr std::uint64_t smallest = 1 << 10;
/// A size is measured for a fiftieth of the usual time: there are many, and it is the order that counts.
constexpr double less_time = 0.02;

/// Where a kernel reads and writes, on either side. `[size]` numbers each.
using arrays = std::array<float*, 3>;

struct contestant {
  const char* name;
  std::size_t inputs;      ///< the first so many arrays
  std::size_t output;      ///< which array
  bool gives_one = false;  ///< one number, rather than as many as it takes
  /// Runs the kernel over `size` numbers in each input, a power of four.
  std::function<result<void>(kernel_backend&, const arrays&, std::uint64_t size)> run;
};

std::uint64_t root_of(std::uint64_t size) { return std::uint64_t{1} << (std::countr_zero(size) / 2); }

result<void> run_product(kernel_backend& on, const arrays& a, std::uint64_t size) {
  gemm_call call;
  call.m = call.n = call.k = root_of(size);
  call.a = a[0];
  call.b = a[1];
  call.c = a[2];
  call.precision = product_precision::fp32;
  return on.run(call);
}

result<void> run_gate(kernel_backend& on, const arrays& a, std::uint64_t size) {
  gate_call call;
  call.qubits = static_cast<std::uint32_t>(std::countr_zero(size)) - 1;
  call.target = call.qubits / 2;
  call.state = a[0];
  return on.run(call);
}

std::vector<contestant> contestants() {
  using backend = kernel_backend;
  const auto axpy = [](backend& on, const arrays& a, std::uint64_t size) {
    return on.run(axpy_call{size, 0.5F, a[0], a[1]});
  };
  const auto sum = [](backend& on, const arrays& a, std::uint64_t size) { return on.run(sum_call{size, a[0], a[2]}); };
  const auto softmax = [](backend& on, const arrays& a, std::uint64_t size) {
    return on.run(softmax_call{root_of(size), root_of(size), a[0], a[2]});
  };
  return {{"axpy", 2, 1, false, axpy},
          {"sum", 1, 2, true, sum},
          {"softmax", 1, 2, false, softmax},
          {"gemm_fp32", 2, 2, false, run_product},
          {"gate", 1, 0, false, run_gate}};
}

class overtaking {
 public:
  overtaking(bench_report& out, bench_holder& holder, const gpu_bench_options& options)
      : out_(out), holder_(holder), options_(options) {}

  result<void> measure() {
    const auto most = options_.largest;
    there_ = {holder_.numbers<float>(most), holder_.numbers<float>(most), holder_.numbers<float>(most)};
    pinned_ = {holder_.pinned<float>(most), holder_.pinned<float>(most), holder_.pinned<float>(most)};
    std::vector<float> memory(3 * most, 0.5F);
    here_ = {memory.data(), memory.data() + most, memory.data() + 2 * most};
    for (std::size_t i = 0; i < there_.size(); ++i) {
      std::fill_n(pinned_[i], most, 0.5F);
      if (auto sent = holder_.work().copy(there_[i], pinned_[i], most * sizeof(float)); !sent) return sent;
    }
    for (const auto& one : contestants()) add(one);
    holder_.clear();
    return failed_.outcome();
  }

 private:
  void add(const contestant& one) {
    const auto name = std::string{"gpu_overtakes_"} + one.name;
    if (auto here = one.run(simd_, here_, smallest); !here) return skip(name, here.error());
    if (auto there = one.run(holder_.kernels(), there_, smallest); !there) return skip(name, there.error());
    std::uint64_t resident = 0;
    std::uint64_t from_host = 0;
    for (std::uint64_t size = smallest; size <= options_.largest; size *= 4) {
      const double cpu = time([&] { return one.run(simd_, here_, size); });
      note(resident, size, time([&] { return waited(one.run(holder_.kernels(), there_, size)); }) < cpu);
      note(from_host, size, time([&] { return waited(there_and_back(one, size)); }) < cpu);
    }
    tell(name + "_resident", resident);
    tell(name + "_from_host", from_host);
  }

  /// One side lacks the library.
  void skip(const std::string& name, const error& why) {
    for (const char* where : {"_resident", "_from_host"}) out_.missing.push_back({name + where, why.context});
  }

  /// As an agent does that wants the result: it waits for each.
  result<void> waited(const result<void>& put) { return put ? holder_.work().finish() : put; }

  result<void> there_and_back(const contestant& one, std::uint64_t size) {
    for (std::size_t i = 0; i < one.inputs; ++i)
      if (auto sent = holder_.work().copy(there_[i], pinned_[i], size * sizeof(float)); !sent) return sent;
    if (auto done = one.run(holder_.kernels(), there_, size); !done) return done;
    const auto count = one.gives_one ? 1 : size;
    return holder_.work().copy(pinned_[one.output], there_[one.output], count * sizeof(float));
  }

  double time(const gpu_call& run) {
    return failed_(seconds_of(options_.least_seconds * less_time, run, [] { return result<void>{}; }));
  }

  /// Keeps the size from which on the GPU was always ahead.
  static void note(std::uint64_t& from, std::uint64_t size, bool is_ahead) {
    if (!is_ahead)
      from = 0;
    else if (from == 0)
      from = size;
  }

  void tell(const std::string& name, std::uint64_t from) {
    if (from == 0) {
      out_.missing.push_back({name, "the processor was ahead up to " + std::to_string(options_.largest) + " numbers"});
      return;
    }
    figure added;
    added.name = name;
    added.value = static_cast<double>(from);
    added.unit = "numbers";
    added.note = simd_.name() + " on " + std::to_string(team_.size()) + " cores; sizes grow by four";
    out_.figures.push_back(std::move(added));
  }

  bench_report& out_;
  bench_holder& holder_;
  const gpu_bench_options& options_;
  first_failure failed_;
  core_team team_{allowed_cores()};
  simd_backend simd_{team_};
  arrays there_{};
  arrays pinned_{};
  arrays here_{};
};

}  // namespace

result<void> add_overtaking(bench_report& out, bench_holder& holder, const gpu_bench_options& options) {
  return overtaking{out, holder, options}.measure();
}

}  // namespace dunlin::bench
