// SPDX-License-Identifier: Apache-2.0
// Between numbers of 32 and of 16 bits: bound by memory alone.
#include "gpu/cuda/kernels/arguments.hpp"
#include "gpu/cuda/kernels/block.cuh"
#include "gpu/kernels/half_numbers.hpp"

namespace dunlin::cuda {

/// Two numbers of 16 bits, as one word of memory.
__device__ inline std::uint32_t joined(std::uint16_t low, std::uint16_t high) {
  return static_cast<std::uint32_t>(low) | (static_cast<std::uint32_t>(high) << 16);
}

extern "C" __global__ void dunlin_narrow(narrow_call call) {
  for_each_four(
      call.count, is_wide(call.x) && is_wide(call.out),
      [&](std::uint64_t i) {
        const float4 x = reinterpret_cast<const float4*>(call.x)[i];
        reinterpret_cast<uint2*>(call.out)[i] = make_uint2(joined(to_half(call.format, x.x), to_half(call.format, x.y)),
                                                           joined(to_half(call.format, x.z), to_half(call.format, x.w)));
      },
      [&](std::uint64_t i) { call.out[i] = to_half(call.format, call.x[i]); });
}

extern "C" __global__ void dunlin_widen(widen_call call) {
  const auto half = [&](std::uint32_t word, unsigned int shift) {
    return from_half(call.format, static_cast<std::uint16_t>(word >> shift));
  };
  for_each_four(
      call.count, is_wide(call.x) && is_wide(call.out),
      [&](std::uint64_t i) {
        const uint2 x = reinterpret_cast<const uint2*>(call.x)[i];
        reinterpret_cast<float4*>(call.out)[i] = make_float4(half(x.x, 0), half(x.x, 16), half(x.y, 0), half(x.y, 16));
      },
      [&](std::uint64_t i) { call.out[i] = from_half(call.format, call.x[i]); });
}

}  // namespace dunlin::cuda
