// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "tests/store/scramble.hpp"
#include "tests/store/store_fixture.hpp"

namespace dunlin::testing {
namespace {

class StoreProperty : public every_store {};

TEST_P(StoreProperty, EveryFieldOfEveryRecordIsReadBack) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    scrambler random{seed};
    auto record = random.make<task_record>();
    ASSERT_EQ(commit_code(writes(insert(record))), errc::none);
    ASSERT_EQ(store().find(record.id), record);

    record.status = random.make<task_status>();
    record.progress = random.make<task_progress>();
    record.checkpoint = random.make<bytes>();
    update_task change{record.id, random.make<transition>(), random.make<wall_ms>(), record.status};
    ASSERT_EQ(commit_code(writes(change, update_progress{record.id, record.progress},
                                 update_checkpoint{record.id, record.checkpoint})),
              errc::none);
    ASSERT_EQ(store().find(record.id), record);

    const auto events = store().events(record.id, 0, 10).value_or(std::vector<task_event>{});
    ASSERT_EQ(events.size(), 2U);
    const auto& event = events.back();
    EXPECT_EQ(event, (task_event{record.id, event.sequence, change.at, change.what, record.status.state,
                                 record.status.attempt, record.status.epoch, record.status.owner, record.status.why}));
  }
}

/// A write of one of few tasks, so that they meet.
task_write any_write(scrambler& random) {
  const auto id = id_of(1 + random.below(12));
  switch (random.below(6)) {
    case 0:
    case 1: {
      auto record = random.make<task_record>();
      record.id = id;
      return insert(std::move(record));
    }
    case 2:
      return update_progress{id, random.make<task_progress>()};
    case 3:
      return update_checkpoint{id, random.make<bytes>()};
    case 4:
      return erase_task{id};
    default:
      return update_task{id, random.make<transition>(), random.make<wall_ms>(), random.make<task_status>()};
  }
}

transaction any_transaction(scrambler& random) {
  transaction out;
  out.leader_term = static_cast<std::uint32_t>(random.below(3));
  for (auto count = random.below(5); count > 0; --count) out.writes.push_back(any_write(random));
  return out;
}

std::vector<std::pair<transition, wall_ms>> history(store_port& store, const task_id& id) {
  std::vector<std::pair<transition, wall_ms>> out;
  for (const auto& event : store.events(id, 0, 1'000).value_or(std::vector<task_event>{}))
    out.emplace_back(event.what, event.at);
  return out;
}

TEST(StoreEquivalence, SameTransactionsLeaveTheSameTasksAndHistories) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    scrambler random{seed};
    const auto one = store_kinds()[0].make();
    const auto other = store_kinds()[1].make();
    ASSERT_TRUE(one->port().next_term());
    ASSERT_TRUE(other->port().next_term());
    for (int step = 0; step < 25; ++step) {
      auto all = any_transaction(random);
      const auto expected = code_of(commit(one->port(), transaction{all}));
      ASSERT_EQ(code_of(commit(other->port(), std::move(all))), expected) << "step " << step;
    }

    const auto left = all_of(one->port());
    ASSERT_EQ(all_of(other->port()), left);
    for (const auto& record : *left) ASSERT_EQ(history(other->port(), record.id), history(one->port(), record.id));
  }
}

TEST_P(StoreProperty, NoReaderSeesHalfATransaction) {
  ASSERT_EQ(commit_code(writes(insert(task(1)), insert(task(2)))), errc::none);
  constexpr std::uint32_t last = 150;
  std::uint32_t torn = 0;
  std::uint32_t back = 0;
  std::thread reader{[&] {
    for (std::uint32_t seen = 0; seen < last;) {
      const auto both = store().list({});
      if (!both || both->size() != 2) return void(++torn);
      const auto attempt = (*both)[0].status.attempt;
      if ((*both)[1].status.attempt != attempt) ++torn;
      if (attempt < seen) ++back;
      seen = attempt;
    }
  }};
  for (std::uint32_t attempt = 1; attempt <= last; ++attempt)
    EXPECT_EQ(commit_code(writes(grant(1, attempt), grant(2, attempt))), errc::none);
  reader.join();

  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(back, 0U);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreProperty, ::testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace dunlin::testing
