// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/kernel_backend.hpp"

#include <algorithm>
#include <initializer_list>

namespace dunlin {

namespace {

/// More elements than a device's memory has bytes are a mistake of the caller, and their sizes would overflow.
constexpr std::uint64_t most_elements = 1ULL << 48;
constexpr std::uint32_t most_qubits = 40;

using named_size = std::pair<const char*, std::uint64_t>;
using named_place = std::pair<const char*, const void*>;

/// No two of the sizes may make more elements than there can be: every buffer has one or two of them. Errors:
/// invalid_argument with the field as its path.
result<void> check_fields(std::initializer_list<named_size> sizes, std::initializer_list<named_place> places) {
  std::uint64_t largest = 1;
  for (const auto& [name, size] : sizes) {
    if (size == 0) return fail(errc::invalid_argument, std::string{name} + " is zero", {}, name);
    if (size > most_elements / largest)
      return fail(errc::invalid_argument, std::string{name} + " makes more than 2^48 elements", {}, name);
    largest = std::max(largest, size);
  }
  for (const auto& [name, place] : places)
    if (place == nullptr) return fail(errc::invalid_argument, std::string{name} + " is null", {}, name);
  return {};
}

result<void> check_range(const char* name, std::uint64_t value, std::uint64_t most) {
  if (value <= most) return {};
  return fail(errc::invalid_argument,
              std::string{name} + " is " + std::to_string(value) + ", at most " + std::to_string(most) + " is possible",
              {}, name);
}

/// BLAS counts with 32 bits.
template <class Call>
result<void> check_product(const Call& c) {
  constexpr std::uint64_t most = 0x7fffffff;
  for (const auto& [name, size] : {named_size{"m", c.m}, {"n", c.n}, {"k", c.k}})
    if (auto fits = check_range(name, size, most); !fits) return fits;
  return check_fields({{"m", c.m}, {"n", c.n}, {"k", c.k}}, {{"a", c.a}, {"b", c.b}, {"c", c.c}});
}

}  // namespace

result<void> kernel_backend::check(const axpy_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"y", c.y}});
}

result<void> kernel_backend::check(const scale_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const add_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"y", c.y}, {"out", c.out}});
}

result<void> kernel_backend::check(const multiply_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"y", c.y}, {"out", c.out}});
}

result<void> kernel_backend::check(const bias_relu_call& c) {
  return check_fields({{"rows", c.rows}, {"columns", c.columns}}, {{"x", c.x}, {"bias", c.bias}, {"out", c.out}});
}

result<void> kernel_backend::check(const relu_backward_call& c) {
  return check_fields({{"count", c.count}}, {{"output", c.output}, {"gradient", c.gradient}});
}

result<void> kernel_backend::check(const sum_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const maximum_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const dot_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"y", c.y}, {"out", c.out}});
}

result<void> kernel_backend::check(const column_sums_call& c) {
  return check_fields({{"rows", c.rows}, {"columns", c.columns}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const softmax_call& c) {
  return check_fields({{"rows", c.rows}, {"columns", c.columns}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const cross_entropy_gradient_call& c) {
  return check_fields({{"rows", c.rows}, {"columns", c.columns}},
                      {{"probabilities", c.probabilities}, {"labels", c.labels}, {"gradient", c.gradient}});
}

result<void> kernel_backend::check_labels(const cross_entropy_gradient_call& c) {
  const auto* wrong = std::find_if(c.labels, c.labels + c.rows, [&](auto label) { return label >= c.columns; });
  if (wrong == c.labels + c.rows) return {};
  return fail(errc::invalid_argument,
              "label " + std::to_string(*wrong) + " of row " + std::to_string(wrong - c.labels) + " has no column", {},
              "labels");
}

result<void> kernel_backend::check(const top_k_call& c) {
  auto fits = check_fields({{"rows", c.rows}, {"columns", c.columns}, {"k", c.k}},
                           {{"scores", c.scores}, {"values", c.values}, {"indices", c.indices}});
  if (!fits) return fits;
  if (auto k = check_range("k", c.k, c.columns); !k) return k;
  return check_range("columns", c.columns, ~std::uint32_t{0});
}

result<void> kernel_backend::check(const gemm_call& c) { return check_product(c); }
result<void> kernel_backend::check(const half_gemm_call& c) { return check_product(c); }

result<void> kernel_backend::check(const narrow_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const widen_call& c) {
  return check_fields({{"count", c.count}}, {{"x", c.x}, {"out", c.out}});
}

result<void> kernel_backend::check(const kmeans_call& c) {
  return check_fields(
      {{"count", c.count}, {"dimensions", c.dimensions}, {"clusters", c.clusters}},
      {{"points", c.points}, {"centroids", c.centroids}, {"nearest", c.nearest}, {"distance", c.distance}});
}

result<void> kernel_backend::check(const gate_call& c) {
  if (auto fits = check_fields({{"qubits", c.qubits}}, {{"state", c.state}}); !fits) return fits;
  if (auto fits = check_range("qubits", c.qubits, most_qubits); !fits) return fits;
  if (auto fits = check_range("target", c.target, c.qubits - 1); !fits) return fits;
  if (c.control < 0) return {};
  if (static_cast<std::uint32_t>(c.control) == c.target)
    return fail(errc::invalid_argument, "a qubit cannot control itself", {}, "control");
  return check_range("control", static_cast<std::uint32_t>(c.control), c.qubits - 1);
}

result<void> kernel_backend::check(const adam_call& c) {
  if (c.step == 0) return fail(errc::invalid_argument, "steps count from 1", {}, "step");
  return check_fields({{"count", c.count}},
                      {{"gradient", c.gradient}, {"weights", c.weights}, {"mean", c.mean}, {"variance", c.variance}});
}

}  // namespace dunlin
