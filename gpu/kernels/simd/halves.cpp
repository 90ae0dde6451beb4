// SPDX-License-Identifier: Apache-2.0
// The functions of half_numbers.hpp on vectors. Their comments hold here.
#include "gpu/kernels/simd/halves.hpp"

#include "gpu/kernels/half_numbers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gpu/kernels/simd/halves.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using words = hn::ScalableTag<std::uint32_t>;
using signed_words = hn::RebindToSigned<words>;
using halves = hn::Rebind<std::uint16_t, words>;
using singles = hn::Rebind<float, words>;
using some_words = hn::Vec<words>;

some_words above(some_words x, std::uint32_t limit) {
  const words d;
  return hn::VecFromMask(d, hn::RebindMask(d, hn::Gt(hn::BitCast(signed_words{}, x),
                                                     hn::Set(signed_words{}, static_cast<std::int32_t>(limit)))));
}

/// `chosen` where `where` is all ones.
some_words either(some_words where, some_words chosen, some_words other) {
  return hn::IfVecThenElse(where, chosen, other);
}

/// The bits with which a number is rounded to even when the lowest 16 or 13 are cut off.
template <int Bits>
some_words rounded(some_words x) {
  const words d;
  const auto odd = hn::And(hn::ShiftRight<Bits>(x), hn::Set(d, 1));
  return hn::Add(x, hn::Add(hn::Set(d, (1U << (Bits - 1)) - 1), odd));
}

some_words to_bf16(some_words bits) {
  const words d;
  const auto is_none = above(hn::And(bits, hn::Set(d, 0x7fffffffU)), 0x7f800000U);
  const auto none = hn::Or(hn::ShiftRight<16>(bits), hn::Set(d, 0x40U));
  return either(is_none, none, hn::ShiftRight<16>(rounded<16>(bits)));
}

some_words to_fp16(some_words bits) {
  const words d;
  const singles f;
  const auto sign = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 0x8000U));
  const auto size = hn::And(bits, hn::Set(d, 0x7fffffffU));
  const auto usual = hn::ShiftRight<13>(hn::Sub(rounded<13>(size), hn::Set(d, 0x38000000U)));
  const auto raised = hn::BitCast(d, hn::Add(hn::BitCast(f, size), hn::Set(f, 0.5F)));
  const auto small = hn::Sub(raised, hn::Set(d, 0x3f000000U));
  auto out = either(above(size, 0x387fffffU), usual, small);
  out = either(above(size, 0x477fefffU), hn::Set(d, 0x7c00U), out);
  out = either(above(size, 0x7f800000U), hn::Set(d, 0x7e00U), out);
  return hn::Or(sign, out);
}

some_words from_fp16(some_words x) {
  const words d;
  const singles f;
  const auto sign = hn::ShiftLeft<16>(hn::And(x, hn::Set(d, 0x8000U)));
  const auto size = hn::And(x, hn::Set(d, 0x7fffU));
  const auto moved = hn::ShiftLeft<13>(size);
  const auto usual = hn::Add(moved, hn::Set(d, 0x38000000U));
  const auto counted = hn::ConvertTo(f, hn::BitCast(signed_words{}, size));
  const auto small = hn::BitCast(d, hn::Mul(counted, hn::Set(f, 5.9604644775390625e-8F)));
  auto out = either(above(size, 0x3ffU), usual, small);
  out = either(above(size, 0x7bffU), hn::Or(moved, hn::Set(d, 0x7f800000U)), out);
  return hn::Or(sign, out);
}

void narrow_part(const narrow_call& c, std::size_t from, std::size_t to) {
  const words d;
  auto at = from;
  for (; at + hn::Lanes(d) <= to; at += hn::Lanes(d)) {
    const auto bits = hn::BitCast(d, hn::LoadU(singles{}, c.x + at));
    const auto narrowed = c.format == half_format::bf16 ? to_bf16(bits) : to_fp16(bits);
    hn::StoreU(hn::DemoteTo(halves{}, hn::BitCast(signed_words{}, narrowed)), halves{}, c.out + at);
  }
  for (; at < to; ++at) c.out[at] = to_half(c.format, c.x[at]);
}

void widen_part(const widen_call& c, std::size_t from, std::size_t to) {
  const words d;
  auto at = from;
  for (; at + hn::Lanes(d) <= to; at += hn::Lanes(d)) {
    const auto bits = hn::PromoteTo(d, hn::LoadU(halves{}, c.x + at));
    const auto widened = c.format == half_format::bf16 ? hn::ShiftLeft<16>(bits) : from_fp16(bits);
    hn::StoreU(hn::BitCast(singles{}, widened), singles{}, c.out + at);
  }
  for (; at < to; ++at) c.out[at] = from_half(c.format, c.x[at]);
}

}  // namespace dunlin::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::simd {

HWY_EXPORT(narrow_part);
HWY_EXPORT(widen_part);

void narrow(const narrow_call& call, std::size_t from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(narrow_part)(call, from, to);
}
void widen(const widen_call& call, std::size_t from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(widen_part)(call, from, to);
}

}  // namespace dunlin::simd
#endif
