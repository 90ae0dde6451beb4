// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/blas.hpp"

namespace dunlin::simd {

namespace {

/// Multiplications below which a second thread is not worth its waking.
constexpr std::uint64_t enough = 1ULL << 20;
/// What OpenBLAS's inner loops take at once, and a few times over.
constexpr std::uint64_t strip = 64;

gemm_call rows_of(const gemm_call& c, std::uint64_t from, std::uint64_t to) {
  auto out = c;
  out.m = to - from;
  out.a = c.a + from * (c.a_transposed ? 1 : c.k);
  out.c = c.c + from * c.n;
  return out;
}

/// The rows of `c` lie as those of `whole`, of which it is a part.
void multiply(const blas_functions& blas, const gemm_call& c, const gemm_call& whole) {
  const auto of = [](std::uint64_t size) { return static_cast<blasint>(size); };
  blas.sgemm(CblasRowMajor, c.a_transposed ? CblasTrans : CblasNoTrans, c.b_transposed ? CblasTrans : CblasNoTrans,
             of(c.m), of(c.n), of(c.k), c.factor, c.a, of(c.a_transposed ? whole.m : c.k), c.b,
             of(c.b_transposed ? c.k : whole.n), c.keep, c.c, of(whole.n));
}

gemm_call columns_of(const gemm_call& c, std::uint64_t from, std::uint64_t to) {
  auto out = c;
  out.n = to - from;
  out.b = c.b + from * (c.b_transposed ? c.k : 1);
  out.c = c.c + from;
  return out;
}

}  // namespace

void gemm_here(const blas_functions& blas, const gemm_call& call) { multiply(blas, call, call); }

void gemm(core_team& team, const blas_functions& blas, const gemm_call& call) {
  team.run(call.m * call.n * call.k, enough, [&](team_part part) {
    const bool by_rows = call.m >= call.n;
    const auto [from, to] = part.share_of(by_rows ? call.m : call.n, strip);
    if (from < to) multiply(blas, by_rows ? rows_of(call, from, to) : columns_of(call, from, to), call);
  });
}

}  // namespace dunlin::simd
