// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/biased_lock.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>
#include <vector>

namespace dunlin {
namespace {

/// Two numbers that are equal whenever nobody is inside.
struct guarded_pair {
  biased_lock lock;
  std::uint64_t a = 0;
  std::uint64_t b = 0;

  void raise() {
    const biased_lock::guard inside{lock};
    ++a;
    ++b;
  }
};

TEST(BiasedLock, LetsAVisitorInWhileNobodyElseIs) {
  guarded_pair pair;
  bool is_whole = true;
  std::latch is_owned{1};
  std::thread owner{[&] {
    pair.raise();
    is_owned.count_down();
    for (int i = 0; i < 200'000; ++i) pair.raise();
  }};
  is_owned.wait();  // from here on this thread is a visitor

  for (int i = 0; i < 2'000; ++i) {
    const biased_lock::visit inside{pair.lock};
    is_whole = is_whole && pair.a == pair.b;
  }
  owner.join();

  EXPECT_TRUE(is_whole);
  EXPECT_EQ(pair.a, 200'001U);
}

TEST(BiasedLock, IsALockForThreadsThatShareIt) {
  guarded_pair pair;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 50'000; ++k) pair.raise();
    });
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(pair.a, 200'000U);
  EXPECT_EQ(pair.b, 200'000U);
}

TEST(BiasedLock, IsTheOwnersWhenNoThreadHadItBefore) {
  guarded_pair pair;
  {
    const biased_lock::visit inside{pair.lock};
    pair.a = pair.b = 7;
  }

  pair.raise();

  EXPECT_EQ(pair.a, 8U);
}

}  // namespace
}  // namespace dunlin
