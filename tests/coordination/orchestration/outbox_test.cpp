// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

task_outcome outcome(std::uint64_t number, std::size_t output_bytes = 0) {
  task_outcome out;
  out.id = {1, number};
  out.output.resize(output_bytes);
  return out;
}

std::vector<outcome_batch> flushed(outbox& box) {
  std::vector<outcome_batch> out;
  box.flush(out);
  return out;
}

TEST(Outbox, PacksWhatWasAddedIntoOneNumberedBatch) {
  outbox box;
  EXPECT_THAT(flushed(box), SizeIs(0));
  EXPECT_EQ(box.newest(), 0U);
  box.add(outcome(1));
  box.add(outcome(2));

  const auto batches = flushed(box);

  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].sequence, 1U);
  EXPECT_EQ(box.newest(), 1U);
  ASSERT_THAT(batches[0].outcomes, SizeIs(2));
  EXPECT_EQ(batches[0].outcomes[1].id.low, 2U);
  EXPECT_THAT(flushed(box), SizeIs(0));
}

TEST(Outbox, BoundsABatchByCount) {
  outbox box;
  for (std::uint64_t i = 0; i < 2'100; ++i) box.add(outcome(i));

  const auto batches = flushed(box);

  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(batches[0].outcomes, SizeIs(1'024));
  EXPECT_THAT(batches[2].outcomes, SizeIs(52));
  EXPECT_EQ(batches[2].sequence, 3U);
  EXPECT_EQ(batches[1].outcomes[0].id.low, 1'024U);
}

TEST(Outbox, BoundsABatchByBytesButSendsALargeOneAlone) {
  outbox box;
  for (const auto bytes : {100'000U, 100'000U, 100'000U, 300'000U, 1U}) box.add(outcome(1, bytes));

  std::vector<std::size_t> sizes;
  for (const auto& batch : flushed(box)) sizes.push_back(batch.outcomes.size());

  EXPECT_THAT(sizes, ElementsAre(2, 1, 1, 1));
}

TEST(Outbox, CountsWhatIsSaidOfTheBackendAndCutsItOff) {
  outbox box;
  for (std::uint64_t i = 0; i < 300; ++i) {
    auto one = outcome(i);
    one.usage.device.push_back({"simd", std::string(5'000, 'x'), false});
    box.add(std::move(one));
  }

  const auto batches = flushed(box);

  EXPECT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].outcomes[0].usage.device[0].because.size(), outbox::max_because);
}

TEST(Outbox, KeepsABatchUntilItsReceipt) {
  outbox box;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    box.add(outcome(i));
    flushed(box);
  }
  EXPECT_FALSE(box.empty());

  box.on_receipt(2);
  box.on_receipt(2);
  box.on_receipt(99);

  ASSERT_THAT(box.unacknowledged(), SizeIs(2));
  EXPECT_EQ(box.unacknowledged()[0].sequence, 1U);
  EXPECT_EQ(box.unacknowledged()[1].sequence, 3U);
  box.on_receipt(1);
  box.on_receipt(3);
  EXPECT_TRUE(box.empty());
}

}  // namespace
}  // namespace dunlin
