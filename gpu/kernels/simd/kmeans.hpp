// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/blas_library.hpp"
#include "gpu/kernels/calls.hpp"
#include "gpu/kernels/core_team.hpp"

namespace dunlin::simd {

/// Which centroid is nearest is read off a matrix product: |x - c|^2 is |c|^2 - 2 x c, but for what all centroids have
/// in common.
void kmeans(core_team& team, const blas_functions& blas, const kmeans_call& call);

}  // namespace dunlin::simd
