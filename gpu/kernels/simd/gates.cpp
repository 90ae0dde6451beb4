// SPDX-License-Identifier: Apache-2.0
// A gate mixes pairs of amplitudes whose indices differ in the target's bit. Where that bit is above a vector's lanes
// the two are in vectors of their own; below, they lie in one vector, and lanes are exchanged.
#include "gpu/kernels/simd/gates.hpp"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gpu/kernels/simd/gates.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using floats = hn::ScalableTag<float>;
using floats_vector = hn::Vec<floats>;

bool has(std::size_t index, std::int32_t bit) { return bit < 0 || (index >> bit & 1U) != 0; }

/// One pair after the other: a state smaller than a vector, a processor without any.
void mix_singly(const gate_call& c) {
  const auto* m = c.matrix;
  const auto product = [](const float* k, const float* x, std::size_t part) {
    return part == 0 ? k[0] * x[0] - k[1] * x[1] : k[0] * x[1] + k[1] * x[0];
  };
  const auto stride = std::size_t{1} << c.target;
  for (std::size_t low = 0; low < std::size_t{1} << c.qubits; ++low) {
    if ((low & stride) != 0 || !has(low, c.control)) continue;
    auto* x = c.state + 2 * low;
    auto* y = c.state + 2 * (low + stride);
    const std::array<float, 4> mixed{product(m, x, 0) + product(m + 2, y, 0), product(m, x, 1) + product(m + 2, y, 1),
                                     product(m + 4, x, 0) + product(m + 6, y, 0),
                                     product(m + 4, x, 1) + product(m + 6, y, 1)};
    x[0] = mixed[0];
    x[1] = mixed[1];
    y[0] = mixed[2];
    y[1] = mixed[3];
  }
}

#if HWY_TARGET == HWY_SCALAR

std::size_t pieces_of(const gate_call& /*call*/) { return 1; }

void gate_part(const gate_call& c, std::size_t /*from*/, std::size_t /*to*/) { mix_singly(c); }

#else

constexpr std::size_t most_lanes = 64;

/// One complex coefficient a lane pair, such that a product with a vector of complex numbers is two multiplications.
struct coefficients {
  alignas(256) std::array<float, most_lanes> real{};
  alignas(256) std::array<float, most_lanes> imaginary{};  ///< of the lane's partner: -im, im

  void set(std::size_t number, const float* re_im) {
    real[2 * number] = real[2 * number + 1] = re_im[0];
    imaginary[2 * number] = -re_im[1];
    imaginary[2 * number + 1] = re_im[1];
  }
};

/// Returns x * the coefficients, added to `sum`.
inline floats_vector plus_product(floats_vector sum, floats_vector x, floats_vector real, floats_vector imaginary) {
  return hn::MulAdd(hn::Shuffle2301(x), imaginary, hn::MulAdd(x, real, sum));
}

struct loaded {
  explicit loaded(const coefficients& of)
      : real(hn::Load(floats{}, of.real.data())), imaginary(hn::Load(floats{}, of.imaginary.data())) {}
  floats_vector real;
  floats_vector imaginary;
};

coefficients same_for_all(const float* re_im) {
  coefficients out;
  for (std::size_t i = 0; i < most_lanes / 2; ++i) out.set(i, re_im);
  return out;
}

/// Of the amplitudes of one vector, those whose control is 1.
hn::Mask<floats> controlled_lanes(std::int32_t control) {
  alignas(256) std::array<float, most_lanes> marks{};
  for (std::size_t i = 0; i < most_lanes; ++i) marks[i] = has(i / 2, control) ? 1.0F : 0.0F;
  const floats d;
  return hn::Gt(hn::Load(d, marks.data()), hn::Zero(d));
}

/// Both of a pair are in one vector. [from, to): amplitudes, in whole vectors.
void mix_lanes(const gate_call& c, std::size_t from, std::size_t to) {
  const floats d;
  const auto numbers = hn::Lanes(d) / 2;
  coefficients own;
  coefficients other;
  alignas(256) std::array<std::int32_t, most_lanes> partner{};
  for (std::size_t i = 0; i < numbers; ++i) {
    const bool is_one = (i >> c.target & 1U) != 0;
    own.set(i, c.matrix + (is_one ? 6 : 0));
    other.set(i, c.matrix + (is_one ? 4 : 2));
    const auto pair = static_cast<std::int32_t>(i ^ (std::size_t{1} << c.target));
    partner[2 * i] = 2 * pair;
    partner[2 * i + 1] = 2 * pair + 1;
  }
  const loaded a{own};
  const loaded b{other};
  const auto exchange = hn::SetTableIndices(d, partner.data());
  const bool control_is_inside = c.control >= 0 && (std::size_t{1} << c.control) < numbers;
  const auto lanes = controlled_lanes(control_is_inside ? c.control : -1);
  for (auto at = from; at < to; at += numbers) {
    if (!control_is_inside && !has(at, c.control)) continue;
    auto* place = c.state + 2 * at;
    const auto x = hn::LoadU(d, place);
    const auto y = hn::TableLookupLanes(x, exchange);
    const auto mixed = plus_product(plus_product(hn::Zero(d), x, a.real, a.imaginary), y, b.real, b.imaginary);
    hn::StoreU(hn::IfThenElse(lanes, mixed, x), d, place);
  }
}

/// The pairs are in two vectors each. [from, to): pairs, in whole vectors.
void mix_vectors(const gate_call& c, std::size_t from, std::size_t to) {
  const floats d;
  const auto numbers = hn::Lanes(d) / 2;
  const loaded m00{same_for_all(c.matrix)};
  const loaded m01{same_for_all(c.matrix + 2)};
  const loaded m10{same_for_all(c.matrix + 4)};
  const loaded m11{same_for_all(c.matrix + 6)};
  const bool control_is_inside = c.control >= 0 && (std::size_t{1} << c.control) < numbers;
  const auto lanes = controlled_lanes(control_is_inside ? c.control : -1);
  const auto stride = std::size_t{1} << c.target;
  for (auto pair = from; pair < to;) {
    const auto run = std::min(to - pair, stride - (pair & (stride - 1)));  // neighbours in memory
    const auto first = ((pair & ~(stride - 1)) << 1) | (pair & (stride - 1));
    for (auto at = first; at < first + run; at += numbers) {
      if (!control_is_inside && !has(at, c.control)) continue;
      auto* low = c.state + 2 * at;
      auto* high = low + 2 * stride;
      const auto x = hn::LoadU(d, low);
      const auto y = hn::LoadU(d, high);
      const auto zero = hn::Zero(d);
      const auto new_x = plus_product(plus_product(zero, x, m00.real, m00.imaginary), y, m01.real, m01.imaginary);
      const auto new_y = plus_product(plus_product(zero, x, m10.real, m10.imaginary), y, m11.real, m11.imaginary);
      hn::StoreU(hn::IfThenElse(lanes, new_x, x), d, low);
      hn::StoreU(hn::IfThenElse(lanes, new_y, y), d, high);
    }
    pair += run;
  }
}

bool is_smaller_than_two_vectors(const gate_call& c) { return (std::size_t{1} << c.qubits) < hn::Lanes(floats{}); }

/// Returns how many numbers a piece has: whole vectors, some pages.
std::size_t piece_numbers() { return std::max<std::size_t>(2'048, hn::Lanes(floats{})); }

std::size_t pieces_of(const gate_call& c) {
  if (is_smaller_than_two_vectors(c)) return 1;
  const bool in_lanes = (std::size_t{1} << c.target) < hn::Lanes(floats{}) / 2;
  const auto all = std::size_t{1} << (in_lanes ? c.qubits : c.qubits - 1);
  return std::max<std::size_t>(1, all / piece_numbers());
}

void gate_part(const gate_call& c, std::size_t from, std::size_t to) {
  if (is_smaller_than_two_vectors(c)) return from < to ? mix_singly(c) : void();
  const bool in_lanes = (std::size_t{1} << c.target) < hn::Lanes(floats{}) / 2;
  const auto all = std::size_t{1} << (in_lanes ? c.qubits : c.qubits - 1);
  const auto piece = std::min(all, piece_numbers());
  if (in_lanes)
    mix_lanes(c, from * piece, to * piece);
  else
    mix_vectors(c, from * piece, to * piece);
}

#endif

}  // namespace dunlin::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::simd {

HWY_EXPORT(pieces_of);
HWY_EXPORT(gate_part);

std::size_t gate_pieces(const gate_call& call) { return HWY_DYNAMIC_DISPATCH(pieces_of)(call); }

void gate(const gate_call& call, std::size_t from, std::size_t to) { HWY_DYNAMIC_DISPATCH(gate_part)(call, from, to); }

}  // namespace dunlin::simd
#endif
