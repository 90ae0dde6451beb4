// SPDX-License-Identifier: Apache-2.0
// A process that stores and acknowledges is killed at a random point, again and again on the same file.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "store/sqlite_store.hpp"
#include "tests/store/sqlite/ledger.hpp"
#include "tests/store/store_rig.hpp"

namespace dunlin::testing {
namespace {

/// Stores entries from `next` on and writes the number of each that was acknowledged into `out`, until killed.
[[noreturn]] void store_for_ever(const std::string& path, std::uint32_t next, int out) {
  sqlite_options options{.path = path};
  options.max_waiting_writes = 300;
  options.checkpoint_pages = 50;
  auto store = sqlite_store::open(options);
  if (!store) ::_exit(1);
  for (;; ++next) {
    const auto acknowledge = [out, next](const result<void>& outcome) {
      if (!outcome && outcome.error().code != errc::overloaded) ::_exit(2);
      if (outcome && ::write(out, &next, sizeof next) != sizeof next) ::_exit(3);
    };
    (*store)->commit(ledger_entry(next), acknowledge);
    if (next % 64 == 0) static_cast<void>(commit(**store, {}));  // let the disk catch up
  }
}

struct killed_run {
  std::set<std::uint32_t> acknowledged;
  bool was_killed = false;
};

/// Starts such a process and kills it as soon as it has acknowledged `patience` entries, 0: as soon as it exists.
killed_run run_until_killed(const std::string& path, std::uint32_t next, std::uint32_t patience) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    store_for_ever(path, next, ends[1]);
  }
  ::close(ends[1]);
  killed_run out;
  std::uint32_t number = 0;
  if (patience == 0) ::kill(child, SIGKILL);
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    out.acknowledged.insert(number);
    if (out.acknowledged.size() == patience) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  out.was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  return out;
}

class StoreCrash : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(StoreCrash, LosesNothingAcknowledgedAndKeepsNoHalves) {
  const scratch_directory directory;
  const auto path = directory.path() + "/tasks.db";
  std::mt19937 random{GetParam()};
  std::set<std::uint32_t> acknowledged;
  std::uint32_t next = 0;
  for (int life = 0; life < 6; ++life) {
    SCOPED_TRACE(life);
    const auto patience = std::uniform_int_distribution<std::uint32_t>{0, 200}(random);
    auto run = run_until_killed(path, next, life == 0 ? GetParam() % 3 : patience);
    ASSERT_TRUE(run.was_killed) << "it ended by itself";
    acknowledged.merge(run.acknowledged);

    auto store = sqlite_store::open({.path = path});
    ASSERT_TRUE(store) << to_string(store.error());
    const auto state = read_ledger(**store);
    ASSERT_EQ(loss_in(state, acknowledged), "");
    if (!state.entries.empty()) next = *state.entries.rbegin() + 1;
  }
  EXPECT_GT(acknowledged.size(), 50U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoreCrash, ::testing::Range(1U, 7U));

}  // namespace
}  // namespace dunlin::testing
