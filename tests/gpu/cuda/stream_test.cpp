// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/cuda/pinned_words.hpp"
#include "gpu/cuda/sm_groups.hpp"
#include "gpu/cuda/step_times.hpp"
#include "gpu/cuda/stream_progress.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {
namespace {

using ::testing::HasSubstr;

struct CudaStream : ::testing::Test {
  emulated_gpu gpu{{.sms = 20}};
  std::shared_ptr<cuda::gpu_context> context = *cuda::gpu_context::primary(gpu.driver(), 0);
  std::shared_ptr<cuda::stream> first = *cuda::stream::make(context, false);
  std::shared_ptr<cuda::stream> second = *cuda::stream::make(context, true);
};

TEST_F(CudaStream, CopiesInOrder) {
  const int from = 7;
  int between = 0;
  int to = 0;

  ASSERT_TRUE(first->copy(&between, &from, sizeof(int)));
  ASSERT_TRUE(first->copy(&to, &between, sizeof(int)));
  ASSERT_TRUE(first->finish());

  EXPECT_EQ(to, 7);
  EXPECT_TRUE(*first->is_idle());
}

TEST_F(CudaStream, GoesOnBehindAnEventOfAnother) {
  const auto done = *cuda::event::make(context);
  const int from = 7;
  int between = 0;
  int to = 0;
  gpu.pause();
  ASSERT_TRUE(first->copy(&between, &from, sizeof(int)));
  ASSERT_TRUE(done->record(*first));
  ASSERT_TRUE(second->wait_for(*done));
  ASSERT_TRUE(second->copy(&to, &between, sizeof(int)));
  EXPECT_FALSE(*done->has_passed());
  EXPECT_FALSE(*second->is_idle());

  gpu.go_on();
  ASSERT_TRUE(second->finish());

  EXPECT_EQ(to, 7);
  EXPECT_TRUE(*done->has_passed());
}

TEST_F(CudaStream, ErrorsNameTheCallTheBytesAndTheDevice) {
  int to = 0;
  gpu.fail_next("cuMemcpyAsync", CUDA_ERROR_INVALID_VALUE);

  const auto refused = first->copy(&to, &to, 4);

  EXPECT_EQ(refused.error().code, errc::invalid_argument);
  EXPECT_THAT(refused.error().context, HasSubstr("cuMemcpyAsync of 4 bytes on GPU 0: "));
}

TEST_F(CudaStream, AFaultIsADeviceLost) {
  gpu.fail_next("cuStreamSynchronize", CUDA_ERROR_ILLEGAL_ADDRESS);

  EXPECT_EQ(first->finish().error().code, errc::device_lost);
}

TEST_F(CudaStream, ProgressIsSeenByTheHostAndHoldsOthersBack) {
  const auto words = *cuda::pinned_words::make(context);
  const auto progress = *cuda::stream_progress::make(words);
  progress->follow(first);
  const int from = 7;
  int between = 0;
  int to = 0;
  gpu.pause();
  ASSERT_TRUE(first->copy(&between, &from, sizeof(int)));
  const auto mark = progress->mark();
  ASSERT_TRUE(progress->hold_back(*second));
  ASSERT_TRUE(second->copy(&to, &between, sizeof(int)));
  EXPECT_FALSE(progress->has_passed(mark));
  EXPECT_FALSE(progress->is_idle());

  gpu.go_on();
  ASSERT_TRUE(second->finish());

  EXPECT_EQ(to, 7);
  EXPECT_TRUE(progress->has_passed(mark));
}

TEST_F(CudaStream, WordsAreGivenOutOnceAndStartAtZero) {
  const auto words = *cuda::pinned_words::make(context);
  std::vector<std::uint32_t*> taken;
  for (std::size_t i = 0; i < cuda::pinned_words::count; ++i) taken.push_back(*words->take());
  EXPECT_EQ(words->take().error().code, errc::overloaded);

  *taken.back() = 5;
  words->give_back(taken.back());
  EXPECT_EQ(**words->take(), 0U);
}

/// The host prepares as many steps ahead as the window says, and no more.
TEST_F(CudaStream, StepsAreTimedWhileOthersAreOnTheirWay) {
  cuda::step_times times{context};
  gpu.pause();
  for (std::size_t i = 0; i < cuda::step_times::window; ++i) {
    ASSERT_TRUE(times.begin(*first));
    EXPECT_EQ(*times.end(*first), 0U);
  }

  gpu.go_on();
  ASSERT_TRUE(times.begin(*first));
  ASSERT_TRUE(times.end(*first));

  EXPECT_TRUE(times.finish());
}

TEST_F(CudaStream, SplitsItsSmsIntoWholeGroups) {
  const auto groups = cuda::split_sms(*context);

  EXPECT_EQ(groups.groups.size(), 2U);
  EXPECT_EQ(groups.sms_of_group, 8U);
  EXPECT_EQ(groups.left_over, 4U);
  const auto green = *cuda::gpu_context::green(context, groups.of({1}));
  EXPECT_EQ(green->sms(), 8U);
  EXPECT_EQ((*cuda::stream::make(green, false))->context()->sms(), 8U);
}

TEST(CudaGroups, AreNoneWhereTheDriverHasNoGreenContexts) {
  const emulated_gpu gpu{{.has_green_contexts = false}};
  const auto context = *cuda::gpu_context::primary(gpu.driver(), 0);

  const auto groups = cuda::split_sms(*context);

  EXPECT_TRUE(groups.groups.empty());
  EXPECT_EQ(groups.why_none, "the driver has no green contexts");
}

}  // namespace
}  // namespace dunlin::testing
