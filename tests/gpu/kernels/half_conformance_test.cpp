// SPDX-License-Identifier: Apache-2.0
// What every backend does with numbers of 16 bits, beside the functions that define them.
#include "gpu/kernels/half_numbers.hpp"
#include "tests/gpu/kernels/kernel_conformance.hpp"

namespace dunlin::testing {
namespace {

using halves = std::pmr::vector<std::uint16_t>;

constexpr half_format formats[] = {half_format::bf16, half_format::fp16};

/// Numbers of every size, and those that are none.
floats all_kinds(std::uint64_t count) {
  floats out(count);
  std::mt19937 random{11};
  for (auto& one : out) one = float_of_bits(static_cast<std::uint32_t>(random()));
  const float edges[] = {0, -0.0F, 1, 65'504, 65'520, -65'519, 6e-8F, -2e-8F, 6.1e-5F, INFINITY, -INFINITY, NAN};
  for (std::uint64_t i = 0; i < count && i < std::size(edges); ++i) out[i] = edges[i];
  return out;
}

halves narrowed(const floats& x, half_format format) {
  halves out(x.size());
  for (std::uint64_t i = 0; i < x.size(); ++i) out[i] = to_half(format, x[i]);
  return out;
}

std::vector<double> product(const half_gemm_call& c, const floats& before) {
  std::vector<double> out(c.m * c.n);
  for (std::uint64_t i = 0; i < c.m; ++i)
    for (std::uint64_t j = 0; j < c.n; ++j) {
      double sum = 0;
      for (std::uint64_t l = 0; l < c.k; ++l)
        sum += static_cast<double>(from_half(c.format, c.a[c.a_transposed ? l * c.m + i : i * c.k + l])) *
               static_cast<double>(from_half(c.format, c.b[c.b_transposed ? j * c.k + l : l * c.n + j]));
      out[i * c.n + j] =
          static_cast<double>(c.factor) * sum + static_cast<double>(c.keep) * static_cast<double>(before[i * c.n + j]);
    }
  return out;
}

TEST_P(KernelConformance, NarrowsAsDefined) {
  for (const auto format : formats)
    for (const auto count : counts) {
      const auto x = all_kinds(count);
      halves out(count);
      run(narrow_call{count, format, x.data(), out.data()});
      ASSERT_EQ(out, narrowed(x, format)) << count;
    }
}

TEST_P(KernelConformance, WidensEveryNumber) {
  halves x(1 << 16);
  for (std::uint64_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint16_t>(i);
  for (const auto format : formats) {
    floats out(x.size());
    run(widen_call{x.size(), format, x.data(), out.data()});
    for (std::uint64_t i = 0; i < x.size(); ++i) ASSERT_EQ(bits_of(out[i]), bits_of(from_half(format, x[i]))) << i;
  }
}

TEST_P(KernelConformance, HalvesThatBeginAnywhere) {
  const auto x = draw(35);
  halves out(36, 7);

  run(narrow_call{34, half_format::fp16, x.data() + 1, out.data() + 1});

  EXPECT_EQ(out.front(), 7);
  EXPECT_EQ(out.back(), 7);
  for (std::uint64_t i = 1; i < 35; ++i) ASSERT_EQ(out[i], to_fp16(x[i])) << i;
}

TEST_P(KernelConformance, HalfGemm) {
  struct sizes {
    std::uint64_t m, n, k;
  };
  for (const auto& [m, n, k] : {sizes{1, 1, 1}, {3, 5, 7}, {64, 33, 70}, {20, 40, 1'100}}) {
    for (const int transposed : {0, 1, 2, 3}) {
      const auto format = formats[transposed % 2];
      const auto a = narrowed(draw(m * k), format);
      const auto b = narrowed(draw(k * n), format);
      auto c = draw(m * n);
      const half_gemm_call call{m,
                                n,
                                k,
                                0.5F,
                                transposed == 0 ? 0.0F : 2.0F,
                                a.data(),
                                b.data(),
                                c.data(),
                                (transposed & 1) != 0,
                                (transposed & 2) != 0,
                                format};
      const auto should = product(call, c);
      run(call);
      expect_near(c, should);
    }
  }
}

}  // namespace
}  // namespace dunlin::testing
