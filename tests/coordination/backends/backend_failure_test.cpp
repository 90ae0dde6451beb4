// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/backend_failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(BackendFailure, SpendsTheBackendUnlessItsVariantWantedTooMuch) {
  const std::vector<backend_failure> failed{{"cuda:1", 0, error{errc::quota_exceeded}},
                                            {"simd", 1, error{errc::not_supported}}};

  EXPECT_TRUE(is_spent(failed, "cuda:1", 0));
  EXPECT_FALSE(is_spent(failed, "cuda:1", 2));
  EXPECT_TRUE(is_spent(failed, "simd", 2));
  EXPECT_FALSE(is_spent(failed, "scalar", 1));
}

TEST(BackendFailure, TriesABackendTwiceAtMost) {
  std::vector<backend_failure> failed;
  for (std::uint8_t variant = 0; variant < most_tries_of_backend; ++variant) {
    EXPECT_FALSE(is_spent(failed, "cuda:1", 9));
    failed.push_back({"cuda:1", variant, error{errc::quota_exceeded}});
  }

  EXPECT_TRUE(is_spent(failed, "cuda:1", 9));
}

TEST(BackendFailure, EndsAnAttemptWithEveryBackendsReason) {
  const auto why = error_of({{"cuda:1", 0, error{errc::quota_exceeded, "8 GiB are taken"}},
                             {"simd", 1, error{errc::not_supported, "no AVX"}},
                             {"scalar", 1, error{errc::not_supported}}});

  EXPECT_EQ(why.code, errc::quota_exceeded) << "the GPU may have room later";
  EXPECT_EQ(why.context,
            "no backend could do it: cuda:1: quota_exceeded, 8 GiB are taken; simd: not_supported, no AVX; "
            "scalar: not_supported");
}

TEST(BackendFailure, EndsForGoodWhatNoneCanEverDo) {
  EXPECT_EQ(error_of({{"simd", 0, error{errc::not_supported}}, {"scalar", 0, error{errc::not_supported}}}).code,
            errc::not_supported);
}

}  // namespace
}  // namespace dunlin
