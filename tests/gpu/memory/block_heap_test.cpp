// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/block_heap.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr std::uint64_t page = 4'096;

struct heap_of_pages {
  block_heap heap{64 * page, page};

  /// Takes a block and backs its pages.
  memory_block* take(std::uint64_t bytes, std::uint64_t alignment = 16) {
    auto* block = heap.take(bytes, alignment);
    if (block == nullptr) return nullptr;
    for (auto left = heap.pages_of(*block); left.count > 0;) {
      const auto run = heap.pages().next_run(left, false);
      if (run.count == 0) break;
      heap.back(run);
      left = {run.end(), left.end() - run.end()};
    }
    return block;
  }
};

TEST(BlockHeap, TakesTheSmallestBlockThatFits) {
  heap_of_pages h;
  auto* large = h.take(1'600);
  h.take(16);
  auto* small = h.take(1'280);
  h.take(16);
  const auto where = small->offset;
  h.heap.release(*large);
  h.heap.release(*small);

  EXPECT_EQ(h.take(1'264)->offset, where);
}

TEST(BlockHeap, TakesTheLowerOfTwoThatAreAlike) {
  heap_of_pages h;
  auto* first = h.take(1'280);
  h.take(16);
  auto* second = h.take(1'280);
  h.take(16);
  h.heap.release(*first);
  h.heap.release(*second);

  EXPECT_EQ(h.take(1'280)->offset, 0U);
}

TEST(BlockHeap, JoinsWhatIsFreed) {
  heap_of_pages h;
  auto* a = h.take(page);
  auto* b = h.take(page);
  auto* c = h.take(page);
  h.take(16);

  h.heap.release(*a);
  h.heap.release(*c);
  h.heap.release(*b);

  EXPECT_EQ(h.take(3 * page)->offset, 0U);
}

TEST(BlockHeap, FindsBlocksInUseAlone) {
  heap_of_pages h;
  auto* a = h.take(160);
  auto* b = h.take(160);

  EXPECT_EQ(h.heap.find(b->offset), b);
  EXPECT_EQ(h.heap.find(b->offset + 16), nullptr);
  h.heap.release(*a);
  EXPECT_EQ(h.heap.find(0), nullptr);
}

TEST(BlockHeap, AlignsAndLeavesWhatIsBeforeFree) {
  heap_of_pages h;
  h.take(48);

  auto* aligned = h.take(100 * 16, 1'024);
  auto* before = h.take(976);

  EXPECT_EQ(aligned->offset, 1'024U);
  EXPECT_EQ(before->offset, 48U);
}

TEST(BlockHeap, IsFullWhenNoPlaceIsLeft) {
  heap_of_pages h;
  ASSERT_NE(h.take(64 * page), nullptr);

  EXPECT_EQ(h.take(16), nullptr);
}

TEST(BlockHeap, SparesPagesThatNoBlockTouches) {
  heap_of_pages h;
  h.take(page / 2);
  auto* middle = h.take(4 * page);
  h.take(page / 2);

  h.heap.release(*middle);

  EXPECT_EQ(h.heap.spare_pages(), 3U);
  EXPECT_EQ(h.heap.pages().backed(), 5U);
}

TEST(BlockHeap, GivesSparePagesAwayFromTheEnd) {
  heap_of_pages h;
  auto* block = h.take(8 * page);
  h.take(16);
  h.heap.release(*block);

  EXPECT_EQ(h.heap.take_spare(3), (page_run{5, 3}));
  EXPECT_EQ(h.heap.spare_pages(), 5U);
  EXPECT_EQ(h.heap.take_spare(99), (page_run{0, 5}));
  EXPECT_EQ(h.heap.take_spare(1).count, 0U);
}

TEST(BlockHeap, CountsWhatIsMissingInAHollowBlock) {
  heap_of_pages h;
  auto* block = h.take(8 * page);
  h.take(16);
  h.heap.release(*block);
  h.heap.take_spare(3);

  auto* again = h.heap.take(8 * page, 16);

  EXPECT_EQ(again->offset, 0U);
  EXPECT_EQ(h.heap.pages().backed_of(h.heap.pages_of(*again)), 5U);
  EXPECT_EQ(h.heap.spare_pages(), 0U);
}

TEST(BlockHeap, KeepsCountWhenABlockOfAFewBytesIsSplitOff) {
  heap_of_pages h;
  auto* block = h.take(page + page / 2);
  h.take(16);
  h.heap.release(*block);
  ASSERT_EQ(h.heap.spare_pages(), 1U);

  auto* most = h.take(page + 16);

  EXPECT_EQ(h.heap.spare_pages(), 0U);
  h.heap.release(*most);
  EXPECT_EQ(h.heap.spare_pages(), 1U);
}

TEST(BlockHeap, FreesAllThatOneOwnerHas) {
  heap_of_pages h;
  const int me = 0;
  const int other = 0;
  for (int i = 0; i < 6; ++i) h.take(160)->owner = i % 2 == 0 ? &me : &other;

  EXPECT_EQ(h.heap.release_all_of(&me), 480U);

  EXPECT_EQ(h.heap.find(0), nullptr);
  EXPECT_NE(h.heap.find(160), nullptr);
}

}  // namespace
}  // namespace dunlin
