// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/page_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace dunlin {
namespace {

TEST(PageMap, CountsAcrossItsWords) {
  page_map map{200};

  map.back({60, 80});

  EXPECT_EQ(map.backed(), 80U);
  EXPECT_EQ(map.backed_of({0, 200}), 80U);
  EXPECT_EQ(map.backed_of({63, 2}), 2U);
  EXPECT_EQ(map.backed_of({139, 10}), 1U);
  EXPECT_FALSE(map.is_backed(59));
  EXPECT_TRUE(map.is_backed(139));
}

TEST(PageMap, FindsTheNextRunOfEitherKind) {
  page_map map{200};
  map.back({64, 64});
  map.give_back({100, 1});

  EXPECT_EQ(map.next_run({0, 200}, true), (page_run{64, 36}));
  EXPECT_EQ(map.next_run({100, 100}, true), (page_run{101, 27}));
  EXPECT_EQ(map.next_run({64, 136}, false), (page_run{100, 1}));
  EXPECT_EQ(map.next_run({128, 72}, true), (page_run{200, 0}));
  EXPECT_EQ(map.next_run({70, 10}, true), (page_run{70, 10}));
}

RC_GTEST_PROP(PageMap, AgreesWithABitEach, ()) {
  const auto pages = *rc::gen::inRange<std::uint64_t>(1, 300);
  page_map map{pages};
  std::vector<bool> model(pages);
  for (int step = 0; step < 40; ++step) {
    const auto first = *rc::gen::inRange<std::uint64_t>(0, pages);
    const auto count = *rc::gen::inRange<std::uint64_t>(1, pages - first + 1);
    const bool to_back = *rc::gen::arbitrary<bool>();
    // Only pages that are in the other state change.
    for (page_run left{first, count}; left.count > 0;) {
      const auto run = map.next_run(left, !to_back);
      if (run.count == 0) break;
      if (to_back)
        map.back(run);
      else
        map.give_back(run);
      left = {run.end(), left.end() - run.end()};
    }
    for (auto page = first; page < first + count; ++page) model[page] = to_back;
    std::uint64_t backed = 0;
    for (std::uint64_t page = 0; page < pages; ++page) {
      RC_ASSERT(map.is_backed(page) == model[page]);
      backed += model[page] ? 1U : 0U;
    }
    RC_ASSERT(map.backed() == backed);
    RC_ASSERT(map.backed_of({0, pages}) == backed);
  }
}

}  // namespace
}  // namespace dunlin
