// SPDX-License-Identifier: Apache-2.0
// What every backend refuses before it touches anything.
#include <gtest/gtest.h>

#include "gpu/kernels/scalar_backend.hpp"

namespace dunlin {
namespace {

template <class Call>
error refusal(const Call& call) {
  const auto done = scalar_backend{}.run(call);
  return done ? error{errc::none} : done.error();
}

TEST(KernelCalls, NeedTheirPointers) {
  float x = 1;
  EXPECT_EQ(refusal(axpy_call{1, 1, nullptr, &x}).path, "x");
  EXPECT_EQ(refusal(axpy_call{1, 1, &x, nullptr}).path, "y");
  EXPECT_EQ(refusal(sum_call{1, &x, nullptr}).path, "out");
  EXPECT_EQ(refusal(gemm_call{1, 1, 1, 1, 0, &x, nullptr, &x, false, false}).path, "b");
  std::uint16_t half = 0;
  EXPECT_EQ(refusal(narrow_call{1, half_format::fp16, nullptr, &half}).path, "x");
  EXPECT_EQ(refusal(widen_call{1, half_format::fp16, &half, nullptr}).path, "out");
  EXPECT_EQ(refusal(half_gemm_call{1, 1, 1, 1, 0, nullptr, &half, &x}).path, "a");
  EXPECT_EQ(refusal(kmeans_call{1, 1, 1, &x, &x, nullptr, &x}).path, "nearest");
}

TEST(KernelCalls, NeedSizesThatCanBe) {
  float x = 1;
  std::uint32_t index = 0;
  EXPECT_EQ(refusal(scale_call{0, 1, &x, &x}), (error{errc::invalid_argument, "count is zero", {}, "count"}));
  EXPECT_EQ(refusal(softmax_call{1ULL << 40, 1ULL << 40, &x, &x}).path, "columns");
  EXPECT_EQ(refusal(gemm_call{1ULL << 31, 1, 1, 1, 0, &x, &x, &x, false, false}).path, "m");
  EXPECT_EQ(refusal(top_k_call{1, 1, 2, &x, &x, &index}).path, "k");
  EXPECT_EQ(refusal(adam_call{1, 0, 1, 0, 0, 0, &x, &x, &x, &x}).path, "step");
}

TEST(KernelCalls, NeedQubitsThatAreThere) {
  float state[4] = {1, 0, 0, 0};
  gate_call call;
  call.state = state;
  EXPECT_EQ(refusal(call).path, "qubits");
  call.qubits = 41;
  EXPECT_EQ(refusal(call).path, "qubits");
  call.qubits = 1;
  call.target = 1;
  EXPECT_EQ(refusal(call).path, "target");
  call.target = 0;
  call.control = 0;
  EXPECT_EQ(refusal(call).context, "a qubit cannot control itself");
  call.control = 1;
  EXPECT_EQ(refusal(call).path, "control");
}

TEST(KernelCalls, NeedLabelsThatHaveAColumn) {
  const float probabilities[2] = {0.5F, 0.5F};
  float gradient[2] = {7, 7};
  const std::uint32_t labels[1] = {2};

  const auto why = refusal(cross_entropy_gradient_call{1, 2, probabilities, labels, gradient});

  EXPECT_EQ(why.context, "label 2 of row 0 has no column");
  EXPECT_EQ(gradient[0], 7);
}

}  // namespace
}  // namespace dunlin
