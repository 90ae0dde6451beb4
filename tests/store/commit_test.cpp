// SPDX-License-Identifier: Apache-2.0
// What every store promises of a commit, whatever it is made of.
#include "tests/store/store_fixture.hpp"

namespace dunlin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreCommit : public every_store {};

/// Collects the answers to commits that nobody waits for, in the order in which they come.
class answer_list {
 public:
  completion<void> expect(int tag) {
    return [this, tag](const result<void>& outcome) { answers_.emplace_back(tag, code_of(outcome)); };
  }
  [[nodiscard]] const std::vector<std::pair<int, errc>>& all() const { return answers_; }

 private:
  std::vector<std::pair<int, errc>> answers_;  // from one thread; read after a later commit was answered
};

TEST_P(StoreCommit, NewTaskIsFoundAsItWasGiven) {
  ASSERT_EQ(commit_code(writes(insert(task(1)))), errc::none);

  EXPECT_EQ(store().find(id_of(1)), task(1));
}

TEST_P(StoreCommit, EmptyTransactionIsAcknowledged) { EXPECT_EQ(commit_code({}), errc::none); }

TEST_P(StoreCommit, AnswersInTheOrderOfTheCalls) {
  answer_list answers;
  constexpr int count = 600;  // more than one group
  for (int i = 0; i < count; ++i)
    store().commit(writes(insert(task(static_cast<std::uint64_t>(i)))), answers.expect(i));
  ASSERT_EQ(commit_code({}), errc::none);

  ASSERT_EQ(answers.all().size(), count);
  for (int i = 0; i < count; ++i) EXPECT_EQ(answers.all()[static_cast<std::size_t>(i)], std::make_pair(i, errc::none));
}

TEST_P(StoreCommit, LaterChangeWins) {
  answer_list answers;
  store().commit(writes(insert(task(1))), answers.expect(0));
  for (std::uint32_t attempt = 1; attempt <= 300; ++attempt)
    store().commit(writes(grant(1, attempt)), answers.expect(static_cast<int>(attempt)));
  ASSERT_EQ(commit_code({}), errc::none);

  EXPECT_EQ(stored(1).status.attempt, 300U);
}

TEST_P(StoreCommit, LaterWriteOfOneTransactionWins) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), grant(1, 1), success(1, 500), grant(1, 2))), errc::none);

  EXPECT_EQ(stored(1).status, grant(1, 2).status);
}

TEST_P(StoreCommit, TransactionWithAKnownTaskChangesNothing) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), insert(task(2)))), errc::none);

  EXPECT_EQ(commit_code(writes(insert(task(3)), grant(1, 1), insert(task(2, "maze")), grant(2, 1))), errc::conflict);

  EXPECT_EQ(store().find(id_of(1)), task(1));
  EXPECT_EQ(store().find(id_of(2)), task(2));
  EXPECT_EQ(code_of(store().find(id_of(3))), errc::not_found);
  EXPECT_EQ(store().events(id_of(1), 0, 10)->size(), 1U);
}

TEST_P(StoreCommit, TransactionThatInsertsATaskTwiceChangesNothing) {
  EXPECT_EQ(commit_code(writes(insert(task(1)), insert(task(1)))), errc::conflict);

  EXPECT_EQ(code_of(store().find(id_of(1))), errc::not_found);
}

TEST_P(StoreCommit, RefusedTransactionLeavesItsNeighboursAlone) {
  answer_list answers;
  store().commit(writes(insert(task(1))), answers.expect(1));
  store().commit(writes(insert(task(2)), insert(task(1))), answers.expect(2));
  store().commit(writes(insert(task(3))), answers.expect(3));
  ASSERT_EQ(commit_code({}), errc::none);

  EXPECT_THAT(answers.all(), ElementsAre(std::make_pair(1, errc::none), std::make_pair(2, errc::conflict),
                                         std::make_pair(3, errc::none)));
  EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{1, 3}));
}

TEST_P(StoreCommit, ChangeReplacesTheWholeStatus) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), success(1, 500, "the answer"))), errc::none);
  ASSERT_EQ(as_text(stored(1).status.output), "the answer");

  ASSERT_EQ(commit_code(writes(change(1, transition::requeue, task_state::pending))), errc::none);

  EXPECT_EQ(stored(1).status, task_status{});
}

TEST_P(StoreCommit, ChangeLeavesTheRestOfTheTask) {
  auto record = task(1);
  record.checkpoint = to_bytes("step 7");
  record.progress.percent = 70;
  ASSERT_EQ(commit_code(writes(insert(record), success(1, 500))), errc::none);

  record.status = success(1, 500).status;
  EXPECT_EQ(store().find(id_of(1)), record);
}

TEST_P(StoreCommit, ProgressAndCheckpointAreReplaced) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), update_progress{id_of(1), {10, "epoch 1", 1, 10}},
                               update_progress{id_of(1), {20, "epoch 2", 2, 10}},
                               update_checkpoint{id_of(1), to_bytes("a")}, update_checkpoint{id_of(1), to_bytes("b")})),
            errc::none);

  EXPECT_EQ(stored(1).progress, (task_progress{20, "epoch 2", 2, 10}));
  EXPECT_EQ(as_text(stored(1).checkpoint), "b");

  ASSERT_EQ(commit_code(writes(update_checkpoint{id_of(1), {}})), errc::none);
  EXPECT_THAT(stored(1).checkpoint, IsEmpty());
}

TEST_P(StoreCommit, ChangesOfAnUnknownTaskDoNothing) {
  EXPECT_EQ(commit_code(writes(grant(7, 1), update_progress{id_of(7), {50, "", 0, 0}},
                               update_checkpoint{id_of(7), to_bytes("a")}, erase_task{id_of(7)}, insert(task(1)))),
            errc::none);

  EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{1}));
  ASSERT_EQ(commit_code(writes(insert(task(7)))), errc::none);
  EXPECT_EQ(store().events(id_of(7), 0, 10)->size(), 1U);
}

TEST_P(StoreCommit, LargestPayloadAndResultAreKept) {
  auto record = task(1);
  record.spec.payload.assign(max_inline_bytes, std::byte{0x5a});
  record.spec.payload.back() = std::byte{0};
  auto end = success(1, 500);
  end.status.output.assign(max_inline_bytes, std::byte{0xa5});

  ASSERT_EQ(commit_code(writes(insert(record), end)), errc::none);

  EXPECT_EQ(stored(1).spec.payload, record.spec.payload);
  EXPECT_EQ(stored(1).status.output, end.status.output);
}

TEST_P(StoreCommit, MoreDependenciesThanAMessageMayHoldAreKept) {
  auto record = task(1);
  for (std::uint64_t i = 10; i < 10'010; ++i) record.dependencies.push_back(id_of(i));

  ASSERT_EQ(commit_code(writes(insert(record))), errc::none);

  EXPECT_EQ(stored(1).dependencies, record.dependencies);
}

TEST_P(StoreCommit, TermsRiseFromOne) {
  EXPECT_EQ(store().next_term(), 1U);
  EXPECT_EQ(store().next_term(), 2U);
}

TEST_P(StoreCommit, DeposedLeaderChangesNothing) {
  ASSERT_TRUE(store().next_term());
  ASSERT_EQ(commit_code(in_term(1, insert(task(1)))), errc::none);
  ASSERT_TRUE(store().next_term());

  const auto refused = commit(store(), in_term(1, grant(1, 1), insert(task(2))));

  ASSERT_EQ(code_of(refused), errc::stale_term);
  EXPECT_THAT(refused.error().context, HasSubstr("term 2"));
  EXPECT_EQ(store().find(id_of(1)), task(1));
  EXPECT_EQ(code_of(store().find(id_of(2))), errc::not_found);
  EXPECT_EQ(commit_code(in_term(2, grant(1, 1))), errc::none);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreCommit, ::testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace dunlin::testing
