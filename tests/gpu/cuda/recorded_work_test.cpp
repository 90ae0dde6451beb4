// SPDX-License-Identifier: Apache-2.0
// Work that is written down as a graph: whose it is, and what may happen meanwhile.
#include <stdexcept>

#include "tests/gpu/cuda/holder_rig.hpp"

namespace dunlin::testing {
namespace {

using RecordedWork = HolderWork;

TEST_F(RecordedWork, OthersMayTakeMemoryWhileWorkIsRecorded) {
  const auto work = open(ann);
  const auto other = open(bob, 10 * mib);
  grant(ann);
  const auto step = enter(ann);
  auto* x = static_cast<float*>(work->memory().allocate(64, 16));
  work->memory().deallocate(work->memory().allocate(1'000, 16), 1'000, 16);  // kept, so that others look for it

  const auto recorded = work->record([&]() -> result<void> {
    other->memory().deallocate(other->memory().allocate(9 * mib, 16), 9 * mib, 16);
    return work->kernels().run(scale_call{16, 2, x, x});
  });

  ASSERT_TRUE(recorded) << to_string(recorded.error());
  EXPECT_TRUE(work->replay(**recorded));
  EXPECT_TRUE(work->finish());
  work->memory().deallocate(x, 64, 16);
}

TEST_F(RecordedWork, TheFirstReductionMayBeRecorded) {
  const auto work = open(ann);
  grant(ann);
  const auto step = enter(ann);
  auto* x = static_cast<float*>(work->memory().allocate(64, 16));

  const auto recorded = work->record([&] { return work->kernels().run(sum_call{15, x, x + 15}); });

  EXPECT_TRUE(recorded) << to_string(recorded.error());
  work->memory().deallocate(x, 64, 16);
}

TEST_F(RecordedWork, RecordedWorkIsOfItsHolderAndItsUnits) {
  const auto work = open(ann);
  const auto other = open(bob);
  grant(ann);
  auto step = enter(ann);
  float x = 1;
  const auto recorded = work->record([&] { return work->kernels().run(scale_call{1, 2, &x, &x}); });
  ASSERT_TRUE(recorded);

  device->gate()->apply({share_changed{contract_of(ann, {0}), 0}});
  ASSERT_TRUE(step->next_step());
  EXPECT_EQ(work->replay(**recorded).error().code, errc::conflict);
  device->gate()->apply({share_changed{contract_of(ann), 0}});
  ASSERT_TRUE(step->next_step());
  EXPECT_EQ(work->replay(**recorded).error().code, errc::conflict) << "its buffers are others by now";
}

TEST_F(RecordedWork, AnExceptionWhileWorkIsRecordedLeavesTheStreamAsItWas) {
  const auto work = open(ann);
  grant(ann);
  const auto step = enter(ann);
  float x = 3;

  EXPECT_THROW(static_cast<void>(work->record([]() -> result<void> { throw std::runtime_error("no"); })),
               std::runtime_error);

  ASSERT_TRUE(work->kernels().run(scale_call{1, 2, &x, &x}));
  ASSERT_TRUE(work->finish());
  EXPECT_EQ(x, 6);
}

}  // namespace
}  // namespace dunlin::testing
