// SPDX-License-Identifier: Apache-2.0
// How transactions share a sync, and what happens when too many wait.
#include <gmock/gmock.h>

#include <future>

#include "store/sqlite_store.hpp"
#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

class StoreGroup : public ::testing::Test {
 protected:
  void open() {
    options.path = directory.path() + "/tasks.db";
    store = std::move(sqlite_store::open(options)).value();
  }

  /// Keeps the store's thread in an answer until `let_go`, so that what follows gathers.
  void hold() {
    store->commit({}, [this](const result<void>&) {
      held.set_value();
      gate.get_future().wait();
    });
    held.get_future().wait();
    groups_before = store->groups();
  }

  void let_go() {
    gate.set_value();
    ASSERT_NE(code_of(commit(*store, {})), errc::timeout);
  }

  void submit(std::uint64_t number, std::size_t payload_bytes = 10) {
    auto record = task(number);
    record.spec.payload.assign(payload_bytes, std::byte{1});
    push(writes(insert(std::move(record))));
  }

  void submit_many(std::uint64_t first, std::uint64_t count) {
    transaction all;
    for (auto i = first; i < first + count; ++i) all.writes.push_back(insert(task(i)));
    push(std::move(all));
  }

  void push(transaction all) {
    store->commit(std::move(all), [this](const result<void>& outcome) { answers.push_back(code_of(outcome)); });
  }

  [[nodiscard]] std::uint64_t groups() const { return store->groups() - groups_before; }

  sqlite_options options;
  scratch_directory directory;
  std::vector<errc> answers;  // written by the store's thread, read when a later commit was answered
  std::promise<void> held;
  std::promise<void> gate;
  std::uint64_t groups_before = 0;
  std::unique_ptr<sqlite_store> store;
};

TEST_F(StoreGroup, LoneTransactionWaitsForNoOther) {
  open();

  ASSERT_EQ(code_of(commit(*store, writes(insert(task(1))))), errc::none);
  ASSERT_EQ(code_of(commit(*store, writes(insert(task(2))))), errc::none);

  EXPECT_EQ(groups(), 2U);
}

TEST_F(StoreGroup, TransactionsThatWaitedShareASyncByTheirNumberOfWrites) {
  open();
  hold();
  for (std::uint64_t i = 1; i <= 1'000; ++i) submit(i);

  let_go();

  EXPECT_THAT(answers, Each(errc::none));
  EXPECT_EQ(answers.size(), 1'000U);
  EXPECT_EQ(groups(), 4U) << "256 + 256 + 256 + 232";
}

TEST_F(StoreGroup, TransactionLargerThanAGroupGoesAlone) {
  options.group = 100;
  open();
  hold();
  submit_many(1, 60);
  submit_many(101, 500);
  submit_many(1'001, 60);
  submit_many(1'101, 40);

  let_go();

  EXPECT_THAT(answers, Each(errc::none));
  EXPECT_EQ(groups(), 3U) << "60, 500, 60 + 40";
}

TEST_F(StoreGroup, RefusedTransactionsCostNoSync) {
  open();
  ASSERT_TRUE(store->next_term());
  hold();
  for (std::uint64_t i = 1; i <= 10; ++i) push(in_term(0, insert(task(i))));

  let_go();

  EXPECT_THAT(answers, Each(errc::stale_term));
  EXPECT_EQ(groups(), 0U);
}

TEST_F(StoreGroup, FullQueueRefusesInTurn) {
  options.max_waiting_writes = 10;
  open();
  hold();
  for (std::uint64_t i = 1; i <= 12; ++i) submit(i);
  error why;
  store->commit(writes(insert(task(13))), [&](const result<void>& outcome) { why = outcome.error(); });
  EXPECT_TRUE(answers.empty()) << "an answer came before its turn";

  let_go();

  std::vector<errc> expected(10, errc::none);
  expected.resize(12, errc::overloaded);
  EXPECT_EQ(answers, expected);
  EXPECT_EQ(why.code, errc::overloaded);
  EXPECT_THAT(why.context, HasSubstr("10 writes"));
  EXPECT_NE(why.hint, "");
  EXPECT_EQ(all_of(*store)->size(), 10U);
}

TEST_F(StoreGroup, QueueIsBoundedInBytes) {
  options.max_waiting_bytes = 100'000;
  open();
  hold();
  for (std::uint64_t i = 1; i <= 4; ++i) submit(i, 40'000);

  let_go();

  EXPECT_EQ(answers, (std::vector{errc::none, errc::none, errc::overloaded, errc::overloaded}));
}

TEST_F(StoreGroup, RoomIsGivenBack) {
  options.max_waiting_writes = 4;
  options.max_waiting_bytes = 1'000;
  open();
  for (std::uint64_t round = 0; round < 50; ++round)
    EXPECT_EQ(code_of(commit(*store, writes(insert(task(3 * round + 1)), insert(task(3 * round + 2)),
                                            insert(task(3 * round + 3))))),
              errc::none);
}

TEST_F(StoreGroup, TransactionLargerThanTheQueueIsTakenWhenNothingWaits) {
  options.max_waiting_writes = 10;
  open();
  transaction all;
  for (std::uint64_t i = 1; i <= 20; ++i) all.writes.push_back(insert(task(i)));

  EXPECT_EQ(code_of(commit(*store, std::move(all))), errc::none);
}

}  // namespace
}  // namespace dunlin::testing
