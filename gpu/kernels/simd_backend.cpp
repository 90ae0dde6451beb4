// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd_backend.hpp"

#include <hwy/targets.h>

#include <algorithm>

#include "gpu/kernels/simd/blas.hpp"
#include "gpu/kernels/simd/elementwise.hpp"
#include "gpu/kernels/simd/gates.hpp"
#include "gpu/kernels/simd/halves.hpp"
#include "gpu/kernels/simd/kmeans.hpp"
#include "gpu/kernels/simd/reductions.hpp"
#include "gpu/kernels/simd/top_k.hpp"

namespace dunlin {

namespace {

/// Below this many numbers a thread is done sooner alone than another one is awake.
constexpr std::uint64_t enough = 32'768;
constexpr std::uint64_t line_floats = 16;

/// Shares [0, count) out in whole lines.
template <class Kernel>
void share_out(core_team& team, std::uint64_t count, Kernel&& kernel) {
  team.run(count, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(count, line_floats);
    if (from < to) kernel(from, to);
  });
}

/// Shares rows out.
template <class Kernel>
void share_rows_out(core_team& team, std::uint64_t rows, std::uint64_t columns, Kernel&& kernel) {
  team.run(rows * columns, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(rows, 1);
    if (from < to) kernel(from, to);
  });
}

/// A member's result, on a line of its own.
struct alignas(64) part_sum {
  double sum = 0;
};

/// Adds up what `kernel(from, to)` returns of each part of [0, count).
template <class Kernel>
float summed(core_team& team, std::uint64_t count, Kernel&& kernel) {
  std::vector<part_sum> sums(team.size());
  team.run(count, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(count, line_floats);
    if (from < to) sums[part.index].sum = kernel(from, to);
  });
  double out = 0;
  for (const auto& one : sums) out += one.sum;
  return static_cast<float>(out);
}

/// How much of the inner dimension is widened at once: OpenBLAS's own blocks are no longer.
constexpr std::uint64_t half_strip = 512;

struct half_matrix {
  const std::uint16_t* numbers;
  std::uint64_t rows;
  std::uint64_t columns;
  bool is_cut_by_columns;
  half_format format;
};

struct strip {
  std::uint64_t from;
  std::uint64_t count;
};

/// Widens some of the rows, or of the columns, to `out`, where they lie without gaps.
void widen_strip(core_team& team, const half_matrix& x, const strip& part, std::vector<float>& out) {
  const auto rows = x.is_cut_by_columns ? x.rows : part.count;
  const auto columns = x.is_cut_by_columns ? part.count : x.columns;
  const auto* first = x.numbers + (x.is_cut_by_columns ? part.from : part.from * x.columns);
  out.resize(rows * columns);
  share_rows_out(team, rows, columns, [&](auto from, auto to) {
    for (auto row = from; row < to; ++row)
      simd::widen({columns, x.format, first + row * x.columns, out.data() + row * columns}, 0, columns);
  });
}

}  // namespace

std::string simd_backend::name() const { return std::string{"simd "} + simd::target(); }

result<void> simd_backend::perform(const axpy_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::axpy(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const scale_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::scale(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const add_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::add(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const multiply_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::multiply(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const bias_relu_call& c) {
  share_rows_out(team_, c.rows, c.columns, [&](auto from, auto to) { simd::bias_relu(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const relu_backward_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::relu_backward(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const adam_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::adam(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const sum_call& c) {
  *c.out = summed(team_, c.count, [&](auto from, auto to) { return simd::sum(c.x + from, to - from); });
  return {};
}

result<void> simd_backend::perform(const dot_call& c) {
  *c.out = summed(team_, c.count, [&](auto from, auto to) { return simd::dot(c.x + from, c.y + from, to - from); });
  return {};
}

result<void> simd_backend::perform(const maximum_call& c) {
  std::vector<float> highest(team_.size() * line_floats, c.x[0]);
  team_.run(c.count, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(c.count, line_floats);
    if (from < to) highest[part.index * line_floats] = simd::maximum(c.x + from, to - from);
  });
  *c.out = *std::ranges::max_element(highest);
  return {};
}

result<void> simd_backend::perform(const column_sums_call& c) {
  team_.run(c.rows * c.columns, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(c.columns, line_floats);
    if (from < to) simd::column_sums(c, from, to);
  });
  return {};
}

result<void> simd_backend::perform(const softmax_call& c) {
  share_rows_out(team_, c.rows, c.columns, [&](auto from, auto to) { simd::softmax(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const cross_entropy_gradient_call& c) {
  if (auto fits = check_labels(c); !fits) return fits;
  const auto share = 1.0F / static_cast<float>(c.rows);
  if (auto scaled = perform(scale_call{c.rows * c.columns, share, c.probabilities, c.gradient}); !scaled) return scaled;
  for (std::uint64_t row = 0; row < c.rows; ++row) c.gradient[row * c.columns + c.labels[row]] -= share;
  return {};
}

result<void> simd_backend::perform(const top_k_call& c) {
  share_rows_out(team_, c.rows, c.columns, [&](auto from, auto to) {
    for (auto row = from; row < to; ++row)
      simd::top_k(c.scores + row * c.columns, c.columns, c.k, c.values + row * c.k, c.indices + row * c.k);
  });
  return {};
}

result<void> simd_backend::perform(const gemm_call& c) {
  const auto blas = load_blas();
  if (!blas) return fail(blas.error());
  simd::gemm(team_, *blas, c);
  return {};
}

result<void> simd_backend::perform(const narrow_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::narrow(c, from, to); });
  return {};
}

result<void> simd_backend::perform(const widen_call& c) {
  share_out(team_, c.count, [&](auto from, auto to) { simd::widen(c, from, to); });
  return {};
}

/// OpenBLAS has no such product on most processors: the factors are widened strip by strip.
result<void> simd_backend::perform(const half_gemm_call& c) {
  const auto blas = load_blas();
  if (!blas) return fail(blas.error());
  std::vector<float> a;
  std::vector<float> b;
  for (std::uint64_t from = 0; from < c.k; from += half_strip) {
    const auto depth = std::min(half_strip, c.k - from);
    widen_strip(team_, {c.a, c.a_transposed ? c.k : c.m, c.a_transposed ? c.m : c.k, !c.a_transposed, c.format},
                {from, depth}, a);
    widen_strip(team_, {c.b, c.b_transposed ? c.n : c.k, c.b_transposed ? c.k : c.n, c.b_transposed, c.format},
                {from, depth}, b);
    simd::gemm(
        team_, *blas,
        {c.m, c.n, depth, c.factor, from == 0 ? c.keep : 1, a.data(), b.data(), c.c, c.a_transposed, c.b_transposed});
  }
  return {};
}

result<void> simd_backend::perform(const kmeans_call& c) {
  const auto blas = load_blas();
  if (!blas) return fail(blas.error());
  simd::kmeans(team_, *blas, c);
  return {};
}

result<void> simd_backend::perform(const gate_call& c) {
  const auto pieces = simd::gate_pieces(c);
  team_.run(std::uint64_t{1} << c.qubits, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(pieces, 1);
    if (from < to) simd::gate(c, from, to);
  });
  return {};
}

std::vector<std::string> simd_targets() {
  std::vector<std::string> out;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) out.emplace_back(hwy::TargetName(target));
  return out;
}

bool limit_simd(const std::string& target) {
  // None = all; a name is looked up among all.
  hwy::SetSupportedTargetsForTest(0);
  std::int64_t chosen = 0;
  for (const auto known : hwy::SupportedAndGeneratedTargets())
    if (target == hwy::TargetName(known)) chosen = known;
  hwy::SetSupportedTargetsForTest(chosen);
  hwy::GetChosenTarget().DeInit();
  return target.empty() || chosen != 0;
}

}  // namespace dunlin
