// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set by the kernels' sources, hence a guard that flips with the target.
#if defined(DUNLIN_FLIGHT_SIMD_UPDATE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef DUNLIN_FLIGHT_SIMD_UPDATE_INL_HPP
#undef DUNLIN_FLIGHT_SIMD_UPDATE_INL_HPP
#else
#define DUNLIN_FLIGHT_SIMD_UPDATE_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::simd::HWY_NAMESPACE {

/// Replaces each `y` by `change(x, y)`, the last partial vector under a mask. `x` and `y` may be the
/// same array.
template <class Change>
void update_each(const float* x, float* y, std::size_t n, Change change) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(change(hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  if (i == n) return;
  const auto rest = hn::FirstN(d, n - i);
  const auto last_x = hn::MaskedLoad(rest, d, x + i);
  const auto last_y = hn::MaskedLoad(rest, d, y + i);
  hn::BlendedStore(change(last_x, last_y), rest, d, y + i);
}

}  // namespace dunlin::flight::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
