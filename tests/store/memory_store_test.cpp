// SPDX-License-Identifier: Apache-2.0
// What only the memory store could get wrong: the order and the reuse of its rows.
#include "store/memory_store.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint64_t many = 6'000;  // rows of erased tasks are swept by the thousand

/// Returns the numbers of all stored tasks in the order of a listing, page by page.
std::vector<std::uint64_t> listed(memory_store& store) {
  std::vector<std::uint64_t> out;
  task_filter filter;
  filter.limit = 700;
  for (auto page = store.list(filter); page && !page->empty(); page = store.list(filter)) {
    for (const auto& record : *page) out.push_back(record.id.high);
    filter.after = page->back().id;
  }
  return out;
}

transaction inserts(std::uint64_t from, std::uint64_t to, std::uint64_t step) {
  transaction out;
  for (auto number = from; number < to; number += step) out.writes.emplace_back(insert_task{task(number)});
  return out;
}

transaction erasures(std::uint64_t from, std::uint64_t to, std::uint64_t step) {
  transaction out;
  for (auto number = from; number < to; number += step) out.writes.emplace_back(erase_task{id_of(number)});
  return out;
}

std::vector<std::uint64_t> numbers_from(std::uint64_t from, std::uint64_t to, std::uint64_t step) {
  std::vector<std::uint64_t> out;
  for (auto number = from; number < to; number += step) out.push_back(number);
  return out;
}

TEST(MemoryStore, TasksThatComeOutOfOrderAreListedInOrder) {
  memory_store store;
  ASSERT_TRUE(commit(store, inserts(1, many, 2)));
  ASSERT_TRUE(commit(store, inserts(0, many, 2)));

  EXPECT_EQ(listed(store), numbers_from(0, many, 1));
}

TEST(MemoryStore, WhatIsErasedIsNeitherListedNorFoundAndMayComeBack) {
  memory_store store;
  ASSERT_TRUE(commit(store, inserts(0, many, 1)));
  ASSERT_TRUE(commit(store, erasures(0, many, 2)));

  EXPECT_EQ(listed(store), numbers_from(1, many, 2));
  EXPECT_FALSE(store.find(id_of(0)));

  ASSERT_TRUE(commit(store, inserts(0, many, 2)));
  EXPECT_EQ(listed(store), numbers_from(0, many, 1));
  EXPECT_EQ(store.find(id_of(4'000)), task(4'000));
}

TEST(MemoryStore, FindsTheLastOfManyByName) {
  memory_store store;
  ASSERT_TRUE(commit(store, inserts(0, 2 * many, 1)));
  auto last = task(2 * many);
  last.spec.name = "the last";
  transaction one;
  one.writes.emplace_back(insert_task{last});
  ASSERT_TRUE(commit(store, std::move(one)));
  task_filter by_name;
  by_name.name = "the last";

  const auto found = store.list(by_name);

  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().id, last.id);
}

TEST(MemoryStore, FindsNothingAmongAsManyAsItLooksAtAtOnce) {
  memory_store store;
  ASSERT_TRUE(commit(store, inserts(0, 4'096, 1)));
  task_filter by_name;
  by_name.name = "nobody";

  const auto found = store.list(by_name);

  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
}

TEST(MemoryStore, ForgetsEverythingAndStartsAgain) {
  memory_store store;
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(commit(store, inserts(0, many, 1)));
    ASSERT_TRUE(commit(store, erasures(0, many, 1)));
    EXPECT_TRUE(listed(store).empty());
  }
}

}  // namespace
}  // namespace dunlin::testing
