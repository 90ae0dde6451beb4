// SPDX-License-Identifier: Apache-2.0
// Numbers of 16 bits as their bits, to and from single precision: rounded to the nearest, of two equally near ones to
// the even. The processor and the GPU compile the same functions. C++17, for CUDA sources.
#pragma once

#include <cstdint>
#include <cstring>

#include "gpu/kernels/calls.hpp"

#ifdef __CUDACC__
#define DUNLIN_EVERYWHERE __host__ __device__
#else
#define DUNLIN_EVERYWHERE
#endif

namespace dunlin {

DUNLIN_EVERYWHERE inline std::uint32_t bits_of(float x) {
  std::uint32_t out = 0;
  std::memcpy(&out, &x, sizeof out);
  return out;
}

DUNLIN_EVERYWHERE inline float float_of_bits(std::uint32_t bits) {
  float out = 0;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

DUNLIN_EVERYWHERE inline std::uint16_t to_bf16(float x) {
  const std::uint32_t bits = bits_of(x);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);  // no number
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

DUNLIN_EVERYWHERE inline float from_bf16(std::uint16_t x) { return float_of_bits(static_cast<std::uint32_t>(x) << 16); }

/// From 65 520 on infinity.
DUNLIN_EVERYWHERE inline std::uint16_t to_fp16(float x) {
  const std::uint32_t bits = bits_of(x);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t size = bits & 0x7fffffffU;
  if (size > 0x7f800000U) return static_cast<std::uint16_t>(sign | 0x7e00U);  // no number
  if (size >= 0x477ff000U) return static_cast<std::uint16_t>(sign | 0x7c00U);
  // Below 2^-14 its steps are 2^-24, which are those of single precision at a half: the addition rounds.
  if (size < 0x38800000U) return static_cast<std::uint16_t>(sign | (bits_of(float_of_bits(size) + 0.5F) - 0x3f000000U));
  return static_cast<std::uint16_t>(sign | ((size - 0x38000000U + 0xfffU + ((size >> 13) & 1U)) >> 13));
}

DUNLIN_EVERYWHERE inline float from_fp16(std::uint16_t x) {
  const std::uint32_t sign = (static_cast<std::uint32_t>(x) & 0x8000U) << 16;
  const std::uint32_t size = x & 0x7fffU;
  if (size >= 0x7c00U) return float_of_bits(sign | 0x7f800000U | ((size & 0x3ffU) << 13));
  if (size >= 0x400U) return float_of_bits(sign | ((size << 13) + 0x38000000U));
  const float small = static_cast<float>(size) * 5.9604644775390625e-8F;  // 2^-24
  return sign == 0 ? small : -small;
}

DUNLIN_EVERYWHERE inline std::uint16_t to_half(half_format format, float x) {
  return format == half_format::bf16 ? to_bf16(x) : to_fp16(x);
}

DUNLIN_EVERYWHERE inline float from_half(half_format format, std::uint16_t x) {
  return format == half_format::bf16 ? from_bf16(x) : from_fp16(x);
}

}  // namespace dunlin
