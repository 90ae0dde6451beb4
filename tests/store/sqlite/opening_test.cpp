// SPDX-License-Identifier: Apache-2.0
// What stands in the way of opening a store is said with a code and in words, and nothing is destroyed.
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "store/open_store.hpp"
#include "store/sqlite_store.hpp"
#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StoreOpening : public ::testing::Test {
 protected:
  scratch_directory directory;
  std::string path = directory.path() + "/tasks.db";

  result<std::unique_ptr<sqlite_store>> open() { return sqlite_store::open({.path = path}); }

  error refusal() {
    const auto opened = open();
    return opened ? error{errc::none, "it opened"} : opened.error();
  }

  void fill(std::uint64_t tasks) {
    auto store = open();
    ASSERT_TRUE(store);
    transaction all;
    for (std::uint64_t i = 1; i <= tasks; ++i) all.writes.push_back(insert(task(i)));
    ASSERT_EQ(code_of(commit(**store, std::move(all))), errc::none);
  }

  [[nodiscard]] std::string content() const {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  void overwrite(const std::string& bytes, const std::string& suffix = "") const {
    std::ofstream{path + suffix, std::ios::binary | std::ios::trunc} << bytes;
  }

  void execute(const char* statement) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, statement, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
};

TEST_F(StoreOpening, WhatWasStoredIsThereAgain) {
  fill(3);

  const auto store = open();

  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->find(id_of(2)), task(2));
  EXPECT_EQ(all_of(**store)->size(), 3U);
}

TEST_F(StoreOpening, TermsGoOnRising) {
  EXPECT_EQ(open().value()->next_term(), 1U);
  EXPECT_EQ(open().value()->next_term(), 2U);
  auto store = open();

  EXPECT_EQ(code_of(commit(**store, in_term(1, insert(task(1))))), errc::stale_term);
  EXPECT_EQ((*store)->next_term(), 3U);
}

TEST_F(StoreOpening, HistoryGoesOnRising) {
  fill(1);
  for (std::uint32_t run = 1; run <= 3; ++run) {
    auto store = open();
    ASSERT_EQ(code_of(commit(**store, writes(grant(1, run)))), errc::none);
  }

  const auto events = open().value()->events(id_of(1), 0, 10);

  ASSERT_EQ(events->size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_LT((*events)[i - 1].sequence, (*events)[i].sequence);
    EXPECT_EQ((*events)[i].attempt, i);
  }
}

TEST_F(StoreOpening, WhatWaitsWhenItIsClosedIsWritten) {
  auto store = open();
  int answered = 0;
  for (std::uint64_t i = 1; i <= 500; ++i)
    (*store)->commit(writes(insert(task(i))), [&](const result<void>& outcome) { answered += outcome ? 1 : 0; });

  store->reset();

  EXPECT_EQ(answered, 500);
  EXPECT_EQ(all_of(**open())->size(), 500U);
}

TEST_F(StoreOpening, SecondOpenerIsToldWhoHasIt) {
  const auto first = open();
  ASSERT_TRUE(first);

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::already_running);
  EXPECT_THAT(why.context, AllOf(HasSubstr("process " + std::to_string(::getpid()) + " ("), HasSubstr(path)));
  EXPECT_NE(why.hint, "");
}

TEST_F(StoreOpening, FileIsFreeWhenTheFirstIsClosed) {
  ASSERT_TRUE(open());

  EXPECT_EQ(refusal().context, "it opened");
}

TEST_F(StoreOpening, FilesAreTheirOwnersAlone) {
  const auto old_mask = ::umask(0);
  const auto store = open();
  ::umask(old_mask);
  ASSERT_TRUE(store);
  ASSERT_EQ(code_of(commit(**store, writes(insert(task(1))))), errc::none);

  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((path + suffix).c_str(), &facts), 0) << suffix;
    EXPECT_EQ(facts.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(StoreOpening, MissingDirectoryIsNamed) {
  path = directory.path() + "/none/tasks.db";

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::io_failed);
  EXPECT_THAT(why.context, AllOf(HasSubstr(path), HasSubstr("No such file")));
  EXPECT_NE(why.hint, "");
}

TEST_F(StoreOpening, DirectoryThatCannotBeWrittenIsNamed) {
  path = "/proc/self/tasks.db";  // not even by root

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::io_failed);
  EXPECT_THAT(why.context, HasSubstr(path));
}

TEST_F(StoreOpening, DirectoryInPlaceOfTheFileIsRefused) {
  path = directory.path();

  EXPECT_EQ(refusal().code, errc::io_failed);
}

TEST_F(StoreOpening, GarbageIsRefusedAndKept) {
  const std::string garbage(20'000, 'x');
  overwrite(garbage);

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::corrupt);
  EXPECT_THAT(why.context, HasSubstr(path));
  EXPECT_NE(why.hint, "");
  EXPECT_EQ(content(), garbage);
}

TEST_F(StoreOpening, FileCutShortIsRefusedAndKept) {
  fill(500);
  const auto cut = content().substr(0, content().size() / 2);
  overwrite(cut);

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::corrupt);
  EXPECT_THAT(why.context, HasSubstr(path));
  EXPECT_EQ(content(), cut);
}

TEST_F(StoreOpening, EmptiedFileBesideALogIsRefusedAndTheLogKept) {
  fill(1);
  overwrite("");
  overwrite("frames", "-wal");

  EXPECT_EQ(refusal().code, errc::corrupt);

  EXPECT_EQ(std::ifstream{path + "-wal"}.peek(), 'f');
}

TEST_F(StoreOpening, EmptyFileBecomesAStore) {
  overwrite("");

  EXPECT_EQ(refusal().context, "it opened");
}

TEST_F(StoreOpening, NewerSchemaIsRefusedAndKept) {
  fill(1);
  execute("PRAGMA user_version = 99");
  const auto before = content();

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::version_mismatch);
  EXPECT_THAT(why.context, AllOf(HasSubstr(path), HasSubstr("schema 99"), HasSubstr("knows 1")));
  EXPECT_THAT(why.hint, HasSubstr("version that wrote it"));
  EXPECT_EQ(content(), before);
}

TEST_F(StoreOpening, AnotherProgramsDatabaseIsRefusedAndKept) {
  execute("CREATE TABLE songs(title); INSERT INTO songs VALUES('dunlin')");
  const auto before = content();

  const auto why = refusal();

  EXPECT_EQ(why.code, errc::corrupt);
  EXPECT_THAT(why.context, HasSubstr("another program's tables"));
  EXPECT_EQ(content(), before);
}

TEST_F(StoreOpening, UnknownKindOfStoreIsRefusedWithTheField) {
  const auto opened = open_store({"redsi", path});

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::invalid_argument);
  EXPECT_EQ(opened.error().path, "store.kind");
  EXPECT_TRUE(open_store({"memory", ""}));
  EXPECT_TRUE(open_store({"sqlite", path}));
}

}  // namespace
}  // namespace dunlin::testing
