// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cblas.h>

#include "coordination/result.hpp"

namespace dunlin {

/// What is used of OpenBLAS.
struct blas_functions {
  decltype(&cblas_sgemm) sgemm = nullptr;
  decltype(&openblas_set_num_threads) set_num_threads = nullptr;
};

/// Returns OpenBLAS, which is loaded by the first call: it makes a thread for each core when it is, and a process that
/// multiplies no matrices has no use for them. From then on it uses the calling thread alone. Errors: not_supported
/// (it is not installed). Thread: any.
DUNLIN_EXPORT result<blas_functions> load_blas();

}  // namespace dunlin
