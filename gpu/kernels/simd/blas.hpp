// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/blas_library.hpp"
#include "gpu/kernels/calls.hpp"
#include "gpu/kernels/core_team.hpp"

namespace dunlin::simd {

/// Each member of the team multiplies a strip by OpenBLAS, which uses no thread of its own: the cores are the lease's,
/// not the machine's.
void gemm(core_team& team, const blas_functions& blas, const gemm_call& call);

/// The calling thread alone.
void gemm_here(const blas_functions& blas, const gemm_call& call);

}  // namespace dunlin::simd
