// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::cuda {

/// Returns what NVIDIA calls GPUs of this compute capability, such as `hopper`; `sm_XY` for those without a name here.
/// Source: CUDA C++ Programming Guide 13.0, "Compute Capabilities".
[[nodiscard]] std::string architecture_name(int major, int minor);

/// Errors: those of the driver.
result<std::string> architecture_of(const driver_calls& driver, int ordinal);

}  // namespace dunlin::cuda
