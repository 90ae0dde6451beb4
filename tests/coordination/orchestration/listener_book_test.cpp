// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/listener_book.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dunlin {
namespace {

TEST(ListenerBook, NamesTheListenerOfATaskOnce) {
  listener_book book;
  book.add({1, 2}, 7);

  EXPECT_EQ(book.take({1, 2}), 7U);
  EXPECT_EQ(book.take({1, 2}), 0U);
  EXPECT_TRUE(book.empty());
}

TEST(ListenerBook, KnowsNothingOfOtherTasks) {
  listener_book book;
  book.add({1, 2}, 7);

  EXPECT_EQ(book.take({1, 3}), 0U);
  EXPECT_EQ(book.take({2, 2}), 0U);
  EXPECT_FALSE(book.empty());
}

TEST(ListenerBook, TheNewestListenerOfATaskCounts) {
  listener_book book;
  book.add({1, 2}, 7);
  book.add({1, 2}, 8);

  EXPECT_EQ(book.take({1, 2}), 8U);
  EXPECT_EQ(book.take({1, 2}), 0U);
}

TEST(ListenerBook, KeepsThousandsApartWhileTheyComeAndGo) {
  listener_book book;
  task_id_source ids{1};
  std::vector<task_id> tasks;
  for (wall_ms at = 0; at < 10'000; ++at) {
    tasks.push_back(ids.next(at / 100));
    book.add(tasks.back(), static_cast<std::uint64_t>(at) + 1);
    if (at >= 4'096) {  // as many are under way
      EXPECT_EQ(book.take(tasks[static_cast<std::size_t>(at) - 4'096]), static_cast<std::uint64_t>(at) - 4'095);
    }
  }
  for (std::size_t at = 10'000 - 4'096; at < 10'000; ++at) EXPECT_EQ(book.take(tasks[at]), at + 1);
  EXPECT_TRUE(book.empty());
}

}  // namespace
}  // namespace dunlin
