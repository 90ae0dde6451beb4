// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "store/sqlite_store.hpp"
#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {
namespace {

/// A swarm's day: two hundred tasks come, run and end; those of the day before are forgotten.
void live_a_day(const std::string& path, std::uint64_t day) {
  constexpr std::uint64_t tasks = 200;
  auto store = sqlite_store::open({.path = path}).value();
  transaction today;
  for (std::uint64_t i = 0; i < tasks; ++i) {
    auto record = task(day * tasks + i);
    record.spec.payload.assign(1'000 + i % 2 * 2'000, std::byte{1});
    today.writes.push_back(insert(std::move(record)));
    today.writes.emplace_back(success(day * tasks + i, static_cast<wall_ms>(day + 1) * 1'000));
  }
  ASSERT_EQ(code_of(commit(*store, std::move(today))), errc::none);
  transaction clean_up;
  const task_filter old = those{}.ended_before(static_cast<wall_ms>(day) * 1'000 + 1).at_most(1'000);
  for (const auto& each : store->list(old).value_or(std::vector<task_record>{}))
    clean_up.writes.emplace_back(erase_task{each.id});
  EXPECT_EQ(clean_up.writes.size(), day == 0 ? 0 : tasks);
  ASSERT_EQ(code_of(commit(*store, std::move(clean_up))), errc::none);
}

TEST(StoreRoom, OfForgottenTasksIsUsedAgain) {
  const scratch_directory directory;
  const auto path = directory.path() + "/tasks.db";
  for (std::uint64_t day = 0; day < 3; ++day) live_a_day(path, day);
  const auto size = std::filesystem::file_size(path);

  for (std::uint64_t day = 3; day < 12; ++day) live_a_day(path, day);

  EXPECT_LE(std::filesystem::file_size(path), size + size / 4);
  EXPECT_EQ(all_of(*sqlite_store::open({.path = path}).value())->size(), 200U);
}

TEST(StoreRoom, ChangeOfATaskDoesNotWriteItsPayloadAgain) {
  const scratch_directory directory;
  const auto path = directory.path() + "/tasks.db";
  const auto store = sqlite_store::open({.path = path}).value();
  auto record = task(1);
  record.spec.payload.assign(max_inline_bytes, std::byte{1});
  ASSERT_EQ(code_of(commit(*store, writes(insert(record)))), errc::none);
  const auto before = std::filesystem::file_size(path + "-wal");
  ASSERT_GT(before, max_inline_bytes);

  ASSERT_EQ(code_of(commit(*store, writes(grant(1, 1)))), errc::none);

  EXPECT_LT(std::filesystem::file_size(path + "-wal"), before + max_inline_bytes / 4);
  record.status = grant(1, 1).status;
  EXPECT_EQ(store->find(id_of(1)), record);
}

TEST(StoreRoom, LogIsMovedIntoTheFileAsItGrows) {
  const scratch_directory directory;
  const auto path = directory.path() + "/tasks.db";
  sqlite_options options{.path = path};
  options.checkpoint_pages = 50;
  const auto store = sqlite_store::open(options).value();
  for (std::uint64_t i = 0; i < 400; ++i) {
    auto record = task(i);
    record.spec.payload.assign(4'000, std::byte{1});
    ASSERT_EQ(code_of(commit(*store, writes(insert(std::move(record))))), errc::none);
  }

  EXPECT_LE(std::filesystem::file_size(path + "-wal"), 100U * 4'200);
  EXPECT_GE(std::filesystem::file_size(path), 300U * 4'096);
}

}  // namespace
}  // namespace dunlin::testing
