// SPDX-License-Identifier: Apache-2.0
// Memory that does one thing more than the memory below it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/memory/arena.hpp"
#include "gpu/memory/counted_memory.hpp"
#include "gpu/memory/memory_exhausted.hpp"
#include "gpu/memory/reclaiming_memory.hpp"
#include "gpu/memory/traced_memory.hpp"
#include "gpu/memory/tracked_memory.hpp"

namespace dunlin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<std::pmr::memory_resource> process_memory() {
  return {std::pmr::new_delete_resource(), [](auto*) {}};
}

TEST(CountedMemory, CountsBytesAndBlocks) {
  counted_memory memory{process_memory()};
  auto* a = memory.allocate(100);
  auto* b = memory.allocate(50);
  memory.deallocate(a, 100);

  EXPECT_EQ(memory.counts(), (memory_counts{50, 150, 150, 1, 2, 2}));
  memory.deallocate(b, 50);
}

TEST(CountedMemory, CountsNothingThatWasRefused) {
  counted_memory memory{std::make_shared<arena>(10)};

  EXPECT_THROW(static_cast<void>(memory.allocate(11)), memory_exhausted);

  EXPECT_EQ(memory.counts(), memory_counts{});
}

struct misuse_log {
  std::vector<error> seen;
  tracked_memory memory{process_memory(), [this](const error& why) { seen.push_back(why); }};
};

TEST(TrackedMemory, SaysWhatIsInUseOldestFirst) {
  misuse_log log;
  auto* a = log.memory.allocate(100);
  auto* b = log.memory.allocate(50, 64);
  auto* c = log.memory.allocate(20);
  log.memory.deallocate(b, 50, 64);

  const auto left = log.memory.in_use();

  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].number, 1U);
  EXPECT_EQ(left[1].bytes, 20U);
  EXPECT_THAT(log.seen, IsEmpty());
  log.memory.deallocate(a, 100);
  log.memory.deallocate(c, 20);
}

TEST(TrackedMemory, KeepsASecondFreeFromTheMemoryBelow) {
  misuse_log log;
  auto* a = log.memory.allocate(100);
  log.memory.deallocate(a, 100);

  log.memory.deallocate(a, 100);

  ASSERT_EQ(log.seen.size(), 1U);
  EXPECT_EQ(log.seen[0].code, errc::conflict);
}

TEST(TrackedMemory, FreesABlockAsWhatItWasAllocatedAs) {
  misuse_log log;
  auto* a = log.memory.allocate(100, 64);

  log.memory.deallocate(a, 90, 16);

  ASSERT_EQ(log.seen.size(), 1U);
  EXPECT_EQ(log.seen[0], (error{errc::invalid_argument,
                                "allocation 1 of 100 bytes, aligned to 64, was freed as 90 bytes, aligned to 16"}));
  EXPECT_THAT(log.memory.in_use(), IsEmpty());
}

TEST(TracedMemory, WritesWhatHappenedInOneOrder) {
  std::vector<std::string> lines;
  time_point now{};
  auto log = std::make_shared<allocation_log>([&](const auto& event) { lines.push_back(to_csv_line(event)); },
                                              [&] { return now; });
  traced_memory one{process_memory(), log, 0};
  traced_memory other{process_memory(), log, 1};

  now = time_point{duration{500}};
  auto* a = one.allocate(100);
  now += duration{20};
  auto* b = other.allocate(40, 64);
  one.deallocate(a, 100);
  other.deallocate(b, 40, 64);

  EXPECT_THAT(lines,
              ElementsAre("0,0,alloc,1,100,16", "20,1,alloc,2,40,64", "20,0,free,1,100,16", "20,1,free,2,40,64"));
}

TEST(TracedMemory, WritesNothingThatWasRefused) {
  int events = 0;
  auto log = std::make_shared<allocation_log>([&](const auto&) { ++events; }, [] { return time_point{}; });
  traced_memory memory{std::make_shared<arena>(10), log, 0};

  EXPECT_THROW(static_cast<void>(memory.allocate(11)), memory_exhausted);

  EXPECT_EQ(events, 0);
}

/// A memory of 100 bytes, 60 of which something else has until it is asked to give them up.
struct crowded {
  std::shared_ptr<arena> below = std::make_shared<arena>(100);
  void* other = below->allocate(60);
  std::vector<std::string> asked;

  memory_remedy useless(const std::string& name) {
    return {name, [this, name](std::uint64_t) { return asked.push_back(name), std::uint64_t{0}; }};
  }
  memory_remedy gives_up() {
    return {"spill", [this](std::uint64_t bytes) {
              asked.push_back("spill " + std::to_string(bytes));
              below->deallocate(std::exchange(other, nullptr), 60);
              return std::uint64_t{60};
            }};
  }
};

TEST(ReclaimingMemory, AsksItsRemediesInOrderUntilOneHelps) {
  crowded c;
  reclaiming_memory memory{c.below, {c.useless("trim"), c.gives_up(), c.useless("reclaim")}, {}};

  auto* place = memory.allocate(80);

  EXPECT_THAT(c.asked, ElementsAre("trim", "spill 80"));
  memory.deallocate(place, 80);
}

TEST(ReclaimingMemory, DoesNotAskWhileThereIsRoom) {
  crowded c;
  reclaiming_memory memory{c.below, {c.gives_up()}, {}};

  memory.deallocate(memory.allocate(40), 40);

  EXPECT_THAT(c.asked, IsEmpty());
  c.below->deallocate(c.other, 60);
}

TEST(ReclaimingMemory, NamesTheHoldersWhenNothingHelps) {
  crowded c;
  reclaiming_memory memory{c.below, {c.useless("trim")}, [] {
                             return std::vector<memory_holder>{{"task 1", 10}, {"task 2", 50}};
                           }};

  try {
    static_cast<void>(memory.allocate(80));
    FAIL() << "nothing was thrown";
  } catch (const memory_exhausted& full) {
    EXPECT_THAT(full.what(), HasSubstr("asked for 80 bytes with 60 of 100 in use: task 2 has 50, task 1 has 10"));
  }
  c.below->deallocate(c.other, 60);
}

}  // namespace
}  // namespace dunlin
