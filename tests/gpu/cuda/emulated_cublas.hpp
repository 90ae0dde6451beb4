// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/cuda/cublas_library.hpp"

namespace dunlin::testing {

/// cuBLAS as the module sees it, with products in plain loops in the order of the emulated GPU's streams.
const cuda::cublas_calls& emulated_cublas();
/// Returns how many handles were made since the program began.
int cublas_handles_made();
/// Returns how exact the last product was to be.
cublasComputeType_t last_product();

}  // namespace dunlin::testing
