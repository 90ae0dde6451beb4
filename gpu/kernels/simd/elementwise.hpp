// SPDX-License-Identifier: Apache-2.0
// Private to the SIMD backend: one thread's part of each kernel, compiled for every instruction set and chosen when the
// program runs.
#pragma once

#include <cstddef>

#include "gpu/kernels/calls.hpp"

namespace dunlin::simd {

void axpy(const axpy_call& call, std::size_t from, std::size_t to);
void scale(const scale_call& call, std::size_t from, std::size_t to);
void add(const add_call& call, std::size_t from, std::size_t to);
void multiply(const multiply_call& call, std::size_t from, std::size_t to);
void bias_relu(const bias_relu_call& call, std::size_t from_row, std::size_t to_row);
void relu_backward(const relu_backward_call& call, std::size_t from, std::size_t to);
void adam(const adam_call& call, std::size_t from, std::size_t to);

}  // namespace dunlin::simd
