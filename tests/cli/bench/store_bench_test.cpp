// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/store_bench.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "cli/bench/store_load.hpp"
#include "cli/bench/store_recovery.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace dunlin;
using namespace dunlin::bench;

extern "C" double bare_sqlite_rate(const char* source, const char* target, std::size_t count, std::size_t group,
                                   bool one_table);

namespace {

class StoreBench : public testing::Test {
 protected:
  scratch_directory directory;
  std::string ours = directory.path() + "/ours.db";
  std::string bare = directory.path() + "/bare.db";

  result<store_pace> load(std::uint64_t tasks, std::uint64_t window, std::uint32_t commits = 1,
                          std::uint64_t together = 1) {
    return run_store_load({ours, tasks, window, commits, together});
  }
};

/// Adds to bare rows what else a store holds.
void make_a_store(const std::string& path) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const auto* rest =
      "PRAGMA application_id = 0x44554e4c; PRAGMA user_version = 1;"
      "INSERT INTO meta VALUES('term', 0), ('events', 0);";
  EXPECT_EQ(sqlite3_exec(database, rest, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

}  // namespace

TEST_F(StoreBench, StoresAndChecksEveryTask) {
  const auto one_by_one = load(20, 1);
  ASSERT_TRUE(one_by_one);
  EXPECT_DOUBLE_EQ(one_by_one->writes_per_sync, 1);

  const auto together = load(1'000, 400);
  ASSERT_TRUE(together);
  EXPECT_GT(together->tasks_per_s, 0);
  EXPECT_GT(together->writes_per_sync, 1);
}

TEST_F(StoreBench, LivesOfTasksEnd) { EXPECT_TRUE(load(100, 16, 3)); }

TEST_F(StoreBench, BareSqliteStoresTheSameRows) {
  ASSERT_TRUE(load(300, 64));

  EXPECT_GT(bare_sqlite_rate(ours.c_str(), bare.c_str(), 300, 64, false), 0);

  make_a_store(bare);
  EXPECT_TRUE(time_recovery(bare, 300)) << "what it wrote is no store of the same tasks";
}

TEST_F(StoreBench, BareSqliteSaysWhenItHasTooFewRows) {
  ASSERT_TRUE(load(10, 1));

  EXPECT_EQ(bare_sqlite_rate(ours.c_str(), bare.c_str(), 11, 1, false), 0);
}

TEST_F(StoreBench, RecoveryCountsItsTasks) {
  ASSERT_TRUE(load(300, 4, 1, 100));

  const auto took = time_recovery(ours, 300);
  ASSERT_TRUE(took);
  EXPECT_GT(took->wall_s, 0);
  EXPECT_FALSE(time_recovery(ours, 301));
}

TEST_F(StoreBench, ReportNamesItsFigures) {
  store_bench_options options;
  options.directory = directory.path();
  options.tasks = 200;
  options.recovered = 50;
  options.rounds = 1;

  const auto report = run_store_bench(options);

  ASSERT_TRUE(report) << to_string(report.error());
  std::vector<std::string> names;
  for (const auto& one : report->figures) {
    names.push_back(one.name);
    EXPECT_GT(one.value, 0) << one.name;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"durable_submits_per_s", "bare_sqlite_rows_per_s",
                                            "durable_lifecycle_tasks_per_s", "fsync_p50_us", "recover_50_tasks_s"}));
  EXPECT_EQ(report->figures[1].baseline, "bare_sqlite_rows_per_s");
}
