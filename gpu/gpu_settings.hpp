// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "gpu/kernels/calls.hpp"

namespace dunlin {

/// How a node uses its GPUs. The same for all of them.
struct gpu_settings {
  double memory_fraction = 0.8;   ///< of each GPU's memory, to share out; above 0, at most 1
  bool urgent_streams = false;    ///< the hardware prefers our work to that of other processes
  std::uint32_t num_streams = 8;  ///< of each holder, for what it does side by side
  /// Of products that name none; not `usual`.
  product_precision precision = product_precision::fp32;
  std::string architecture = {};  ///< GPUs of any other are left alone; empty = any
};

}  // namespace dunlin
