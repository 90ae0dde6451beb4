// SPDX-License-Identifier: Apache-2.0
// A full or failing disk refuses commits with a code and loses none of the earlier ones.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/sqlite_store.hpp"
#include "tests/store/sqlite/fault_disk.hpp"
#include "tests/store/sqlite/ledger.hpp"
#include "tests/store/store_rig.hpp"

namespace dunlin::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DiskFault : public ::testing::Test {
 protected:
  void open() { store = std::move(sqlite_store::open({.path = path})).value(); }

  /// Stores the next entry; remembers whether it was taken.
  result<void> add() {
    const auto number = next++;
    auto outcome = commit(*store, ledger_entry(number, 2'000));
    (outcome ? acknowledged : refused).insert(number);
    return outcome;
  }

  /// Adds entries until one is refused.
  error add_until_refused() {
    for (int tries = 0; tries < 10'000; ++tries)
      if (const auto outcome = add(); !outcome) return outcome.error();
    return error{errc::none, "nothing was refused"};
  }

  void expect_exactly_what_was_acknowledged() {
    const auto state = read_ledger(*store);
    EXPECT_EQ(loss_in(state, acknowledged), "");
    EXPECT_EQ(state.entries, acknowledged) << "something refused is there";
  }

  fault_disk disk;
  scratch_directory directory;
  std::string path = directory.path() + "/tasks.db";
  std::unique_ptr<sqlite_store> store;
  std::uint32_t next = 0;
  std::set<std::uint32_t> acknowledged;
  std::set<std::uint32_t> refused;
};

TEST_F(DiskFault, FullDiskRefusesInWordsAndLosesNothing) {
  open();
  ASSERT_TRUE(add());
  disk.fill_up_after(200'000);

  const auto why = add_until_refused();

  EXPECT_EQ(why.code, errc::store_unavailable);
  EXPECT_THAT(why.context, AllOf(HasSubstr(path), HasSubstr("full")));
  EXPECT_THAT(why.hint, HasSubstr("room"));
  EXPECT_GT(acknowledged.size(), 5U);
  expect_exactly_what_was_acknowledged();
}

TEST_F(DiskFault, StoreGoesOnWhenThereIsRoomAgain) {
  open();
  ASSERT_TRUE(add());
  for (std::int64_t room = 0; room < 60'000; room += 3'001) {  // full at many points of a commit
    disk.fill_up_after(room);
    EXPECT_EQ(add_until_refused().code, errc::store_unavailable);
    disk.make_room();
    EXPECT_TRUE(add());
  }
  expect_exactly_what_was_acknowledged();

  store.reset();
  open();
  expect_exactly_what_was_acknowledged();
}

TEST_F(DiskFault, FullDiskAtTheStartIsSaid) {
  disk.fill_up_after(5'000);

  const auto opened = sqlite_store::open({.path = path});

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::store_unavailable);
  EXPECT_THAT(opened.error().context, HasSubstr("full"));
  disk.make_room();
  open();
  EXPECT_TRUE(add());
}

TEST_F(DiskFault, WhatCouldNotBeSyncedIsNotAcknowledged) {
  open();
  ASSERT_TRUE(add());
  disk.fail_syncs(true);

  const auto why = add_until_refused();

  EXPECT_EQ(why.code, errc::store_unavailable);
  EXPECT_EQ(refused.size(), 1U);
  EXPECT_EQ(acknowledged.size(), 1U);
  disk.fail_syncs(false);
  EXPECT_TRUE(add());
  expect_exactly_what_was_acknowledged();
}

/// What the child of the next test found, as its exit status.
enum outcome : int { sound = 0, not_opened, wrong_code, lost };

int store_under_a_file_size_limit(const std::string& path) {
  ::signal(SIGXFSZ, SIG_IGN);
  auto store = sqlite_store::open({.path = path});
  if (!store) return not_opened;
  const rlimit limit{300'000, 300'000};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::set<std::uint32_t> acknowledged;
  result<void> last;
  for (std::uint32_t number = 0; number < 10'000 && last; ++number) {
    last = commit(**store, ledger_entry(number, 2'000));
    if (last) acknowledged.insert(number);
  }
  if (code_of(last) != errc::store_unavailable) return wrong_code;
  return loss_in(read_ledger(**store), acknowledged).empty() && acknowledged.size() > 5 ? sound : lost;
}

TEST(FileSizeLimit, RefusesAndLosesNothing) {
  const scratch_directory directory;
  const auto child = ::fork();
  if (child == 0) ::_exit(store_under_a_file_size_limit(directory.path() + "/tasks.db"));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), sound);
}

}  // namespace
}  // namespace dunlin::testing
