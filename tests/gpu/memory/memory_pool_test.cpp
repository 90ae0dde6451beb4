// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gpu/memory/memory_exhausted.hpp"
#include "gpu/memory/memory_stream.hpp"
#include "tests/gpu/memory/counted_pages.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint64_t page = 4'096;

struct pool_rig {
  explicit pool_rig(pool_options options = {})
      : pool(memory_pool::make(std::make_unique<counted_pages>(book, 1'024, page), options).value()) {}

  std::shared_ptr<page_book> book = std::make_shared<page_book>();
  std::shared_ptr<memory_pool> pool;
};

errc code_of(pool_options options) {
  auto book = std::make_shared<page_book>();
  auto made = memory_pool::make(std::make_unique<counted_pages>(book, 16, page), options);
  return made ? errc::none : made.error().code;
}

TEST(MemoryPool, RefusesLimitsThatContradictEachOther) {
  EXPECT_EQ(code_of({.min_bytes = 2 * page, .max_bytes = page}), errc::invalid_argument);
  EXPECT_EQ(code_of({.max_bytes = 17 * page}), errc::invalid_argument);
  EXPECT_EQ(code_of({.growth_factor = 0.5}), errc::invalid_argument);
  EXPECT_EQ(code_of({.growth_factor = std::nan("")}), errc::invalid_argument);
  EXPECT_EQ(code_of({.min_bytes = page, .max_bytes = 16 * page, .growth_factor = 1.5}), errc::none);
}

TEST(MemoryPool, TakesItsMinimumAtOnceAndKeepsIt) {
  pool_rig rig{{.min_bytes = 3 * page}};
  EXPECT_EQ(rig.book->pages, 3U);

  auto stream = rig.pool->open_stream();
  stream->deallocate(stream->allocate(10 * page), 10 * page);

  EXPECT_EQ(rig.pool->collect(), 7 * page);
  EXPECT_EQ(rig.book->pages, 3U);
}

TEST(MemoryPool, GivesItsPagesBackAtTheEnd) {
  pool_rig rig;
  auto stream = rig.pool->open_stream();
  static_cast<void>(stream->allocate(10 * page));

  stream.reset();
  rig.pool.reset();

  EXPECT_EQ(rig.book->pages, 0U);
  EXPECT_FALSE(rig.book->is_broken);
}

/// Best fit would have 201 pages: 100 that are free, and 101.
TEST(MemoryPool, MovesSparePagesOnceItHasAQuarterOfWhatElseWouldBeWasted) {
  pool_rig rig;
  auto stream = rig.pool->open_stream();
  auto* first = stream->allocate(100 * page);
  static_cast<void>(stream->allocate(16));
  stream->deallocate(first, 100 * page);

  static_cast<void>(stream->allocate(101 * page));

  EXPECT_EQ(rig.book->most, 101 + (201 - 101) / 4);
  EXPECT_EQ(rig.pool->statistics().given_back, 76 * page);
}

TEST(MemoryPool, SaysWhereItsBytesAre) {
  pool_rig rig;
  auto stream = rig.pool->open_stream();
  static_cast<void>(stream->allocate(1'000));
  auto* kept = stream->allocate(2'000);
  stream->deallocate(kept, 2'000);

  const auto now = rig.pool->statistics().now;

  EXPECT_EQ(now.reserved, page);
  EXPECT_EQ(now.asked, 1'000U);
  EXPECT_EQ(now.internal, 8U);
  EXPECT_EQ(now.cached, 2'000U);
  EXPECT_EQ(now.external, page - 3'008);
}

TEST(MemoryPool, RefusesBeyondItsMostAndSaysHowMuchThatIs) {
  pool_rig rig{{.max_bytes = 4 * page}};
  auto stream = rig.pool->open_stream();
  static_cast<void>(stream->allocate(3 * page));

  EXPECT_EQ(stream->try_allocate(2 * page, 16), nullptr);
  try {
    static_cast<void>(stream->allocate(2 * page));
    FAIL() << "nothing was thrown";
  } catch (const memory_exhausted& full) {
    EXPECT_STREQ(full.what(), "asked for 8192 bytes with 12288 of 16384 in use");
  }
  EXPECT_EQ(rig.pool->statistics().exhausted, 2U);
  EXPECT_NE(stream->try_allocate(page, 16), nullptr);
}

TEST(MemoryPool, UsesWhatAnotherStreamKeepsBeforeItGrows) {
  pool_rig rig{{.max_bytes = 4 * page}};
  auto one = rig.pool->open_stream();
  auto other = rig.pool->open_stream();
  one->deallocate(one->allocate(3 * page), 3 * page);

  EXPECT_NE(other->try_allocate(4 * page, 16), nullptr);
}

TEST(MemoryPool, MovesItsPagesWhenTheDeviceHasNoneLeft) {
  pool_rig rig;
  auto stream = rig.pool->open_stream();
  static_cast<void>(stream->allocate(900 * page));
  auto* first = stream->allocate(2 * page);
  static_cast<void>(stream->allocate(16));
  stream->deallocate(first, 2 * page);
  rig.book->left = 1;

  EXPECT_EQ(stream->try_allocate(5 * page, 16), nullptr);
  EXPECT_NE(stream->try_allocate(3 * page, 16), nullptr);
  EXPECT_FALSE(rig.book->is_broken);
}

TEST(MemoryPool, GrowsAheadByItsFactor) {
  pool_rig rig{{.growth_factor = 2}};
  auto stream = rig.pool->open_stream();
  static_cast<void>(stream->allocate(10 * page));

  static_cast<void>(stream->allocate(page));

  EXPECT_EQ(rig.book->pages, 20U);
}

TEST(MemoryPool, KeepsItsMinimumWhenARequestCannotBeMet) {
  pool_rig rig{{.min_bytes = 4 * page, .max_bytes = 10 * page}};
  auto stream = rig.pool->open_stream();
  auto* first = stream->allocate(3 * page);
  static_cast<void>(stream->allocate(page));
  stream->deallocate(first, 3 * page);

  EXPECT_EQ(stream->try_allocate(10 * page, 16), nullptr);

  EXPECT_EQ(rig.book->pages, 4U);
}

TEST(MemoryPool, FindsTheBlockThatFitsBehindManyThatDoNot) {
  pool_rig rig{{.max_bytes = 1'024 * page}};
  auto stream = rig.pool->open_stream();
  std::vector<std::pair<void*, std::uint64_t>> holes;
  for (int i = 0; i < 21; ++i) {
    const std::uint64_t bytes = i == 0 ? 17'408 : 16'400;
    holes.emplace_back(stream->allocate(bytes), bytes);
    static_cast<void>(stream->allocate(32));
  }
  auto other = rig.pool->open_stream();
  while (other->try_allocate(1 << 16, 16) != nullptr) {
  }
  while (other->try_allocate(17'408, 16) != nullptr) {
  }
  for (const auto& [place, bytes] : holes) stream->deallocate(place, bytes);

  EXPECT_NE(stream->try_allocate(17'408, 16), nullptr);
}

TEST(MemoryPool, GivesTheDeviceBackWhatALargeStreamLeaves) {
  auto book = std::make_shared<page_book>();
  auto pool = memory_pool::make(std::make_unique<counted_pages>(book, 1 << 18, page), {}).value();
  auto stays = pool->open_stream();
  static_cast<void>(stays->allocate(10 * page));
  auto leaves = pool->open_stream();
  static_cast<void>(leaves->allocate(500ULL << 20));

  leaves.reset();

  EXPECT_LE(book->pages * page, 65ULL << 20);
}

TEST(MemoryPool, TakesBackWhatAStreamNeverFreed) {
  pool_rig rig;
  auto leaky = rig.pool->open_stream();
  static_cast<void>(leaky->allocate(10 * page));
  leaky.reset();

  EXPECT_EQ(rig.pool->statistics().now.asked, 0U);
  EXPECT_EQ(rig.pool->collect(), 10 * page);
}

TEST(MemoryPool, CountsWhatStreamsDidThatHaveGone) {
  pool_rig rig;
  auto stream = rig.pool->open_stream();
  stream->deallocate(stream->allocate(100), 100);
  stream->deallocate(stream->allocate(100), 100);

  stream.reset();

  EXPECT_EQ(rig.pool->statistics().allocations, 2U);
  EXPECT_EQ(rig.pool->statistics().kept, 1U);
  EXPECT_EQ(rig.pool->statistics().blocks, 0U);
}

TEST(MemoryPool, BeginsDirectBlocksAtAPage) {
  auto book = std::make_shared<page_book>();
  auto pool = memory_pool::make(std::make_unique<counted_pages>(book, 1 << 16, page), {}).value();
  auto stream = pool->open_stream();
  static_cast<void>(stream->allocate(16));

  auto* direct = stream->allocate(101ULL << 20);

  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(direct) % page, 0U);
}

}  // namespace
}  // namespace dunlin::testing
