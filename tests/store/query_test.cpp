// SPDX-License-Identifier: Apache-2.0
// What every store answers to a question.
#include "tests/store/store_fixture.hpp"

namespace dunlin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreQuery : public every_store {
 protected:
  /// Tasks 1 to 6: digits and mazes in turn; 1 and 2 ended, 3 runs, the others wait.
  void six_tasks() {
    transaction all;
    for (std::uint64_t i = 6; i >= 1; --i) all.writes.push_back(insert(task(i, i % 2 == 1 ? "digits" : "maze")));
    all.writes.emplace_back(success(1, 5'000));
    all.writes.emplace_back(change(2, transition::fail_last, task_state::failed, 6'000));
    all.writes.emplace_back(change(3, transition::start, task_state::running));
    ASSERT_EQ(commit_code(std::move(all)), errc::none);
  }

  std::vector<transition> history(std::uint64_t number, std::uint64_t after = 0, std::uint32_t limit = 100) {
    std::vector<transition> out;
    for (const auto& event : store().events(id_of(number), after, limit).value_or(std::vector<task_event>{}))
      out.push_back(event.what);
    return out;
  }
};

TEST_P(StoreQuery, UnknownTaskIsNotFound) {
  EXPECT_EQ(code_of(store().find(id_of(1))), errc::not_found);
  EXPECT_EQ(code_of(store().events(id_of(1), 0, 10)), errc::not_found);
}

TEST_P(StoreQuery, EmptyStoreListsNothing) {
  EXPECT_THAT(numbers({}), IsEmpty());
  EXPECT_EQ(all_of(store()), std::vector<task_record>{});
}

TEST_P(StoreQuery, ListsByRisingId) {
  six_tasks();

  EXPECT_THAT(numbers({}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(StoreQuery, PagesMeetEveryTaskOnce) {
  six_tasks();
  std::vector<std::uint64_t> seen;
  task_filter page;
  page.limit = 4;
  for (auto found = numbers(page); !found.empty(); found = numbers(page)) {
    EXPECT_LE(found.size(), page.limit);
    seen.insert(seen.end(), found.begin(), found.end());
    page.after = id_of(found.back());
  }

  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(StoreQuery, IdsSortByBothHalves) {
  auto low = task(1);
  auto high = task(2);
  low.id = {7, 0x00ff'0000'0000'0000};
  high.id = {7, 0x8000'0000'0000'0001};  // negative, were it signed
  ASSERT_EQ(commit_code(writes(insert(high), insert(low))), errc::none);

  const auto listed = store().list({});

  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->front().id, low.id);
  EXPECT_EQ(store().list(those{}.after(low.id))->front().id, high.id);
}

TEST_P(StoreQuery, FiltersByState) {
  six_tasks();

  EXPECT_THAT(numbers(those{}.in({task_state::running})), ElementsAre(3));
  EXPECT_THAT(numbers(those{}.in({task_state::failed, task_state::pending})), ElementsAre(2, 4, 5, 6));
  EXPECT_THAT(numbers(those{}.in({task_state::dead})), IsEmpty());
}

TEST_P(StoreQuery, FiltersByKindAndName) {
  six_tasks();

  EXPECT_THAT(numbers(those{}.of("maze")), ElementsAre(2, 4, 6));
  EXPECT_THAT(numbers(those{}.named("task-4")), ElementsAre(4));
  EXPECT_THAT(numbers(those{}.of("digits").named("task-4")), IsEmpty());
}

TEST_P(StoreQuery, FilterIsAValueAndNoQuery) {
  six_tasks();

  EXPECT_THAT(numbers(those{}.of("maze' OR '1'='1")), IsEmpty());
  EXPECT_THAT(numbers(those{}.named("x\"; DROP TABLE tasks; --")), IsEmpty());
  EXPECT_THAT(numbers(those{}.of("%")), IsEmpty());
  EXPECT_EQ(numbers({}).size(), 6U);
}

TEST_P(StoreQuery, FindsWhatEndedBefore) {
  six_tasks();

  EXPECT_THAT(numbers(those{}.ended_before(5'000)), IsEmpty());
  EXPECT_THAT(numbers(those{}.ended_before(5'001)), ElementsAre(1));
  EXPECT_THAT(numbers(those{}.ended_before(1'000'000)), ElementsAre(1, 2)) << "live tasks have not ended";
}

TEST_P(StoreQuery, FiltersWorkTogether) {
  six_tasks();

  EXPECT_THAT(numbers(those{}.in({task_state::pending}).of("maze").after(id_of(4)).at_most(5)), ElementsAre(6));
  EXPECT_THAT(numbers(those{}.in({task_state::failed}).of("maze").named("task-2").ended_before(7'000)), ElementsAre(2));
}

TEST_P(StoreQuery, ListLeavesOutTheLargeParts) {
  auto record = task(1);
  record.checkpoint = to_bytes("step 7");
  ASSERT_EQ(commit_code(writes(insert(record), success(1, 500))), errc::none);

  const auto listed = store().list({});

  record.status = success(1, 500).status;
  record.spec.payload.clear();
  record.status.output.clear();
  record.checkpoint.clear();
  EXPECT_EQ(listed, std::vector{record});
}

TEST_P(StoreQuery, VisitBringsEveryTaskWholeOldestFirst) {
  six_tasks();

  const auto all = all_of(store());

  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 6U);
  for (std::uint64_t i = 1; i <= 6; ++i) EXPECT_EQ((*all)[i - 1], stored(i));
  EXPECT_EQ(as_text(all->front().status.output), "42");
}

TEST_P(StoreQuery, HistoryTellsEveryChange) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), insert(task(2)))), errc::none);
  ASSERT_EQ(commit_code(writes(grant(1, 3), update_progress{id_of(1), {}})), errc::none);
  auto end = change(1, transition::fail_last, task_state::failed, 9'000);
  end.status.why = "row 7 is empty";
  ASSERT_EQ(commit_code(writes(end)), errc::none);

  const auto events = store().events(id_of(1), 0, 100);

  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 3U) << "progress is no step of a history";
  const auto& all = *events;
  EXPECT_EQ(all[0],
            (task_event{id_of(1), all[0].sequence, 1'001, transition::submit, task_state::pending, 0, 0, {}, {}}));
  EXPECT_EQ(
      all[1],
      (task_event{
          id_of(1), all[1].sequence, 2'000, transition::grant, task_state::leased, 3, make_epoch(1, 3), "node-a", {}}));
  EXPECT_EQ(
      all[2],
      (task_event{
          id_of(1), all[2].sequence, 2'000, transition::fail_last, task_state::failed, 0, 0, {}, "row 7 is empty"}));
  EXPECT_LT(all[0].sequence, all[1].sequence);
  EXPECT_LT(all[1].sequence, all[2].sequence);
}

TEST_P(StoreQuery, HistoryIsReadInPages) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), grant(1, 1), change(1, transition::start, task_state::running),
                               success(1, 5'000))),
            errc::none);

  const auto first = store().events(id_of(1), 0, 2);

  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2U);
  EXPECT_THAT(history(1, first->back().sequence), ElementsAre(transition::start, transition::succeed));
  EXPECT_THAT(history(1, ~std::uint64_t{0} >> 1), IsEmpty());
}

TEST_P(StoreQuery, ErasedTaskIsForgottenWithItsHistory) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), insert(task(2)), success(1, 5'000))), errc::none);

  ASSERT_EQ(commit_code(writes(erase_task{id_of(1)})), errc::none);

  EXPECT_EQ(code_of(store().find(id_of(1))), errc::not_found);
  EXPECT_EQ(code_of(store().events(id_of(1), 0, 10)), errc::not_found);
  EXPECT_THAT(numbers({}), ElementsAre(2));
  ASSERT_EQ(commit_code(writes(insert(task(1)))), errc::none);
  EXPECT_THAT(history(1), ElementsAre(transition::submit));
}

TEST_P(StoreQuery, CleanUpByAgeForgetsOldEndsOnly) {
  six_tasks();
  transaction forget;
  for (const auto old : numbers(those{}.ended_before(5'500))) forget.writes.emplace_back(erase_task{id_of(old)});

  ASSERT_EQ(commit_code(std::move(forget)), errc::none);

  EXPECT_THAT(numbers({}), ElementsAre(2, 3, 4, 5, 6));
  EXPECT_THAT(numbers(those{}.ended_before(1'000'000)), ElementsAre(2));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreQuery, ::testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace dunlin::testing
