// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstring>
#include <thread>

#include "gpu/memory/host_pages.hpp"

namespace dunlin {
namespace {

std::shared_ptr<memory_pool> host_pool(std::uint64_t max_bytes = 0) {
  return memory_pool::make(host_pages::make(1ULL << 30, 4'096).value(), {.max_bytes = max_bytes}).value();
}

TEST(MemoryStream, HandsOutAgainWhatItFreedForTheSameSize) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();
  auto* first = stream->allocate(5'000);
  stream->deallocate(first, 5'000);

  EXPECT_EQ(stream->allocate(4'999), first);
  EXPECT_EQ(pool->statistics().kept, 1U);
}

TEST(MemoryStream, GivesWhatItKeptBackBeforeItAsksForAnotherSize) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();
  auto* first = stream->allocate(5'000);
  stream->deallocate(first, 5'000);

  EXPECT_EQ(stream->allocate(6'000), first);
  EXPECT_EQ(pool->statistics().now.cached, 0U);
}

TEST(MemoryStream, DoesNotHandOutAKeptBlockOfAnotherAlignment) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();
  static_cast<void>(stream->allocate(16));
  stream->deallocate(stream->allocate(160), 160);

  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stream->allocate(160, 4'096)) % 4'096, 0U);
}

TEST(MemoryStream, KeepsNoBlockOfTheLargeTier) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();

  stream->deallocate(stream->allocate(11ULL << 20), 11ULL << 20);

  EXPECT_EQ(pool->statistics().now.cached, 0U);
}

TEST(MemoryStream, RefusesASizeThatOverflows) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();

  EXPECT_EQ(stream->try_allocate(~0ULL, 16), nullptr);
  EXPECT_EQ(stream->try_allocate(~0ULL - 64, 16), nullptr);
}

/// Each thread writes its own pattern into what it has and finds it there later.
void work(memory_stream& stream, unsigned char mark, int rounds) {
  std::vector<std::pair<unsigned char*, std::size_t>> held;
  unsigned seed = mark;
  for (int round = 0; round < rounds; ++round) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    if (held.size() < 32 && (seed >> 16 & 1U) != 0) {
      const std::size_t bytes = 1 + (seed >> 8) % 9'000;
      auto* place = static_cast<unsigned char*>(stream.try_allocate(bytes, 16));
      if (place == nullptr) continue;
      std::memset(place, mark, bytes);
      held.emplace_back(place, bytes);
    } else if (!held.empty()) {
      auto [place, bytes] = held.back();
      held.pop_back();
      for (std::size_t i = 0; i < bytes; i += 97) ASSERT_EQ(place[i], mark);
      stream.deallocate(place, bytes);
    }
  }
  for (auto [place, bytes] : held) stream.deallocate(place, bytes);
}

TEST(MemoryStream, ServesThreadsThatShareThePool) {
  const auto pool = host_pool(200'000);  // so small that they empty each other's streams
  std::barrier all_have_asked{4};
  std::vector<std::thread> threads;
  for (unsigned char mark = 1; mark <= 4; ++mark)
    threads.emplace_back([&, mark] {
      const auto stream = pool->open_stream();
      // More than there is, all at once, however the threads are scheduled.
      auto* place = stream->try_allocate(60'000, 16);
      all_have_asked.arrive_and_wait();
      if (place != nullptr) stream->deallocate(place, 60'000);
      work(*stream, mark, 20'000);
    });
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(pool->statistics().now.asked, 0U);
  EXPECT_GT(pool->statistics().exhausted, 0U);
}

/// What a leaving stream kept may be another's by the time that somebody who emptied it frees it.
TEST(MemoryStream, LeavesWhileOthersEmptyIt) {
  const auto pool = host_pool(1ULL << 20);
  std::atomic<bool> is_over{false};
  std::thread collects{[&] {
    while (!is_over) pool->collect();
  }};
  std::vector<std::thread> threads;
  for (unsigned char mark = 1; mark <= 2; ++mark)
    threads.emplace_back([&, mark] {
      for (int round = 0; round < 400; ++round) work(*pool->open_stream(), mark, 60);
    });
  for (auto& thread : threads) thread.join();
  is_over = true;
  collects.join();

  EXPECT_EQ(pool->statistics().now.asked, 0U);
  EXPECT_EQ(pool->statistics().now.internal, 0U);
}

TEST(MemoryStream, AlignsBeyondAPage) {
  for (int i = 0; i < 8; ++i) {
    const auto pool = host_pool();
    const auto stream = pool->open_stream();
    static_cast<void>(stream->allocate(16));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stream->allocate(64, 65'536)) % 65'536, 0U);
  }
}

TEST(MemoryStream, ServesThreadsThatShareTheStream) {
  const auto pool = host_pool();
  const auto stream = pool->open_stream();
  std::vector<std::thread> threads;
  for (unsigned char mark = 1; mark <= 3; ++mark) threads.emplace_back([&, mark] { work(*stream, mark, 10'000); });
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(pool->statistics().now.asked, 0U);
  EXPECT_EQ(pool->statistics().blocks, 0U);
}

}  // namespace
}  // namespace dunlin
