// SPDX-License-Identifier: Apache-2.0
// Blocks that work of a device may still use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/memory/host_pages.hpp"
#include "gpu/memory/memory_exhausted.hpp"
#include "gpu/memory/memory_stream.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint64_t page = 4'096;
constexpr std::size_t aligned = 16;

/// Goes on when a test says so, or when somebody waits.
class played_order final : public work_order {
 public:
  std::uint64_t mark() noexcept override { return ++told_; }
  bool has_passed(std::uint64_t mark) noexcept override { return mark <= done_; }
  bool is_idle() noexcept override { return !works_; }
  void wait_until_idle() noexcept override {
    ++waits;
    finish();
  }
  void work() { works_ = true; }
  void finish() {
    works_ = false;
    done_ = told_;
  }
  int waits = 0;

 private:
  std::uint64_t told_ = 0;
  std::uint64_t done_ = 0;
  bool works_ = false;
};

struct OrderedFrees : ::testing::Test {
  static std::shared_ptr<memory_pool> small_pool(std::uint64_t pages) {
    return *memory_pool::make(*host_pages::make(4 * pages * page, page), {.max_bytes = pages * page});
  }
  std::shared_ptr<played_order> order = std::make_shared<played_order>();
  std::shared_ptr<memory_pool> pool = small_pool(8);
  std::shared_ptr<memory_stream> worker = pool->open_stream(order);
  std::shared_ptr<memory_stream> other = pool->open_stream();
};

TEST_F(OrderedFrees, TheHolderItselfHasItsBlockAtOnce) {
  order->work();
  auto* first = worker->allocate(page, aligned);
  worker->deallocate(first, page, aligned);

  EXPECT_EQ(worker->allocate(page, aligned), first);

  worker->deallocate(first, page, aligned);
}

TEST_F(OrderedFrees, AnotherDoesNotGetABlockThatWorkStillUses) {
  auto* used = worker->allocate(8 * page, aligned);
  order->work();
  worker->deallocate(used, 8 * page, aligned);

  EXPECT_EQ(other->try_allocate(8 * page, aligned), nullptr);
  EXPECT_EQ(order->waits, 0);

  order->finish();
  auto* got = other->try_allocate(8 * page, aligned);
  EXPECT_NE(got, nullptr);
  other->deallocate(got, 8 * page, aligned);
}

TEST_F(OrderedFrees, AHolderThatFindsNothingWaitsForItsOwnWork) {
  auto* used = worker->allocate(6 * page, aligned);
  order->work();
  worker->deallocate(used, 6 * page, aligned);

  auto* larger = worker->try_allocate(8 * page, aligned);

  EXPECT_NE(larger, nullptr);
  EXPECT_EQ(order->waits, 1);
  worker->deallocate(larger, 8 * page, aligned);
}

TEST_F(OrderedFrees, WhatWorkStillUsesCountsAsCached) {
  auto* used = worker->allocate(4 * page, aligned);
  auto* kept = worker->allocate(page, aligned);
  order->work();
  worker->deallocate(used, 4 * page, aligned);
  worker->deallocate(kept, page, aligned);
  EXPECT_EQ(pool->statistics().now.cached, 5 * page);

  pool->collect();  // it does not wait
  EXPECT_EQ(pool->statistics().now.cached, 5 * page);

  order->finish();
  pool->collect();
  EXPECT_EQ(pool->statistics().now.cached, 0U);
  EXPECT_EQ(pool->statistics().now.reserved, 0U);
}

TEST_F(OrderedFrees, BlocksTooLargeToKeepWaitToo) {
  constexpr std::uint64_t large = std::uint64_t{11} << 20;
  auto roomy = small_pool(2 * large / page);
  auto ours = roomy->open_stream(order);
  auto theirs = roomy->open_stream();
  auto* first = ours->allocate(large, aligned);
  order->work();
  ours->deallocate(first, large, aligned);

  auto* second = theirs->allocate(large, aligned);

  EXPECT_NE(second, first);
  theirs->deallocate(second, large, aligned);
  order->finish();
}

TEST_F(OrderedFrees, AHolderThatLeavesWaitsForItsWork) {
  auto* used = worker->allocate(page, aligned);
  order->work();
  worker->deallocate(used, page, aligned);

  worker.reset();

  EXPECT_EQ(order->waits, 1);
  EXPECT_EQ(pool->statistics().now.asked, 0U);
}

}  // namespace
}  // namespace dunlin::testing
