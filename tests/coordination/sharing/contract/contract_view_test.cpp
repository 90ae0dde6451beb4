// SPDX-License-Identifier: Apache-2.0
// What observers see of a shared device, and what is checked behind their backs.
#include "coordination/sharing/contract/contract_view.hpp"

#include <gmock/gmock.h>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/leases/switch_pauses.hpp"
#include "coordination/sharing/leases/use_audit.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr time_point t0{1'000s};

/// Four units that are taken in turns.
class turns_device {
 public:
  turns_device() : shares_(config(), time_sliced::make(config().capacity, {10ms, 64}).value()) {}

  void ask(std::uint64_t agent, const share_wish& wish = {}, int priority = 5, bool at_gate = true) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish = wish;
    asked.priority = static_cast<std::uint8_t>(priority);
    asked.in_steps = true;
    asked.at_gate = at_gate;
    EXPECT_TRUE(shares_.request(asked, t0, out_));
  }
  arbiter* operator->() noexcept { return &shares_; }
  void make_exclusive(time_point now) { shares_.switch_to(std::make_unique<exclusive>(config().capacity), now, out_); }

  void partition(time_point now) {
    shares_.switch_to(space_partitioned::make(config().capacity, {}).value(), now, out_);
  }
  void lose(std::uint64_t agent) { shares_.holder_lost({agent}, t0, out_); }

  [[nodiscard]] contract_view of(std::uint64_t agent, time_point now = t0) const {
    for (const auto& one : shares_.view(now, 100).contracts)
      if (one.agent.value == agent) return one;
    ADD_FAILURE() << "no agent " << agent;
    return {};
  }

 private:
  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{1}, 4, 1'000};
    out.terms.ttl = 10s;
    out.terms.patience = 30s;
    return out;
  }

  arbiter shares_;
  sharing_effects out_;
};

TEST(ContractView, SaysWhatWasAskedGrantedEnforcedAndUsed) {
  turns_device some;
  some.ask(1, {.compute_milli = 500, .memory_bytes = 300, .weight = 50});
  some.ask(2);
  some->on_used({1}, 1, {2'000'000, 250, 3, exactness::exact, 40'000});

  const auto seen = some.of(1, t0 + 4s);

  EXPECT_EQ(seen.requested.compute_milli, 500U);
  EXPECT_EQ(seen.granted.quantum, 5ms);
  EXPECT_EQ(seen.granted.memory_bytes, 300U);
  EXPECT_EQ(seen.compute_enforcement, enforcement::cooperative);
  EXPECT_EQ(seen.memory_enforcement, enforcement::hard);
  EXPECT_THAT(seen.shared_with, ElementsAre(agent_id{2}));
  EXPECT_EQ(seen.used, (share_use{2'000'000, 250, 3, exactness::exact, 40'000}));
  EXPECT_EQ(seen.age, 4s);
  EXPECT_EQ(seen.remaining, 6s);
}

TEST(ContractView, WhoRunsPastTheGateIsKeptToNothingAndItsContractSaysSo) {
  turns_device some;
  some.ask(1, {}, 5, false);
  some.ask(2);

  EXPECT_EQ(some.of(1).compute_enforcement, enforcement::advisory);
  EXPECT_EQ(some.of(1).enforcement_note, past_the_gate);
  EXPECT_EQ(some.of(2).compute_enforcement, enforcement::cooperative);
  EXPECT_THAT(some.of(2).enforcement_note, IsEmpty());
}

TEST(ContractView, SaysThatADeviceIsNotSharedAsAHolderWouldLikeAndWhatWouldChangeThat) {
  turns_device some;
  some.ask(1, {.pattern = sharing_pattern::exclusive});
  some.ask(2, {.pattern = sharing_pattern::time_sliced});

  EXPECT_THAT(some.of(1).why, HasSubstr("it would like exclusive, the device is shared time_sliced"));
  EXPECT_THAT(some.of(1).change, HasSubstr("coordinated as exclusive"));
  EXPECT_THAT(some.of(2).change, IsEmpty());
}

TEST(ContractView, WhoWaitsForBytesSaysHowManyAreMissing) {
  turns_device some;
  some.ask(1, {.memory_bytes = 700});
  some.make_exclusive(t0);
  some.ask(2, {.memory_bytes = 600});

  EXPECT_THAT(some.of(2).why, HasSubstr("it asks for 600 bytes, 300 are free"));
}

TEST(ContractView, AParkedHolderKeepsItsBytesAndSaysWhatWouldChangeThat) {
  turns_device some;
  some.ask(1, {.memory_bytes = 100});
  some.ask(2, {.memory_bytes = 200});
  some.make_exclusive(t0 + 1s);

  const auto parked = some.of(2, t0 + 1s);

  EXPECT_EQ(some.of(1).state, contract_state::holding);
  EXPECT_EQ(parked.state, contract_state::parked);
  EXPECT_EQ(parked.granted.compute_units, 0U);
  EXPECT_EQ(parked.granted.memory_bytes, 200U);
  EXPECT_THAT(parked.why, HasSubstr("is stopped between two steps"));
  EXPECT_THAT(parked.change, HasSubstr("agent 1 releases"));
}

TEST(ContractView, CountsWhatItDoesNotShow) {
  turns_device some;
  some.make_exclusive(t0);
  for (std::uint64_t agent = 1; agent <= 40; ++agent) some.ask(agent);

  const auto shown = some->view(t0, 100);
  EXPECT_EQ(shown.holders, 1U);
  EXPECT_EQ(shown.waiting, 39U);
  EXPECT_EQ(shown.contracts.size(), 17U) << "the holder and sixteen that wait";
  EXPECT_EQ(shown.units_granted, 4U);
  EXPECT_EQ(some->view(t0, 5).contracts.size(), 5U);
}

TEST(ContractView, SaysHowScatteredTheFreeUnitsAre) {
  turns_device some;
  some.partition(t0);
  for (std::uint64_t agent = 1; agent <= 4; ++agent) some.ask(agent, {.compute_milli = 250});
  EXPECT_EQ(some->view(t0, 10).fragmentation_permille, 0U) << "none is free";

  some.lose(2);
  EXPECT_EQ(some->view(t0, 10).fragmentation_permille, 0U);
  some.lose(4);

  EXPECT_EQ(some->view(t0, 10).fragmentation_permille, 500U) << "two, not beside each other";
}

TEST(ContractView, WhoWaitsSaysHowLongItWill) {
  turns_device some;
  some.make_exclusive(t0);
  some.ask(1, {}, 9);
  some.ask(2, {}, 7);

  const auto waits = some.of(2, t0 + 3s);

  EXPECT_EQ(waits.state, contract_state::waiting);
  EXPECT_EQ(waits.token, 0U);
  EXPECT_EQ(waits.age, 3s);
  EXPECT_EQ(waits.remaining, 27s);
  EXPECT_EQ(some.of(1).inherited_priority, 7);
}

TEST(ContractView, ShowsWhatIsKeptFreeUntilItIsAskedFor) {
  turns_device some;
  share_reservation wanted{{9}, {.compute_milli = 500, .memory_bytes = 100}, t0 + 5s, t0 + 30s};
  wanted.owner = "task x";
  sharing_effects out;
  ASSERT_TRUE(some->reserve(wanted, t0, out));

  const auto rows = some->view(t0 + 2s, 10).contracts;

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].state, contract_state::reserved);
  EXPECT_EQ(rows[0].agent, agent_id{}) << "the task has none yet";
  EXPECT_EQ(rows[0].requested.memory_bytes, 100U);
  EXPECT_EQ(rows[0].remaining, 28s);
  EXPECT_EQ(rows[0].why, "task x has reserved 500 milli and 100 bytes from 3000 ms on, for 25000 ms");
  ASSERT_TRUE(some->hand_over({9}, {2}, t0 + 5s, out));
  some.ask(2, {.compute_milli = 500, .memory_bytes = 100});
  some->tick(t0 + 5s, out);
  EXPECT_EQ(some->view(t0 + 5s, 10).contracts.size(), 1U) << "its contract stands there instead";
}

TEST(Conservation, MoreUseThanThereWasTimeRaisesTheAlarm) {
  turns_device some;
  some.ask(1);
  some.ask(2);
  some->on_used({1}, 1, {4'000'000'000, 0, 1, exactness::exact});
  EXPECT_EQ(some->conservation(t0 + 1s), "") << "four units for one second";

  some->on_used({2}, 2, {500'000'000, 0, 1, exactness::weighted});

  EXPECT_THAT(some->conservation(t0 + 1s), HasSubstr("4500000000 ns of use"));
  EXPECT_EQ(some->conservation(t0 + 2s), "");
}

TEST(UseAudit, CountsAnewOnceSomebodyHoldsTheDeviceAgain) {
  use_audit books{1};
  books.begin(t0);
  books.add({1'000'000'000, 0, 1, exactness::exact});
  EXPECT_EQ(books.check(t0 + 1s), "");

  books.begin(t0 + 100s);
  books.add({1'100'000'000, 0, 1, exactness::exact});

  EXPECT_NE(books.check(t0 + 101s), "") << "a hundred idle seconds excuse nothing";
}

TEST(UseAudit, AnUpperBoundProvesNothing) {
  use_audit books{1};
  books.begin(t0);
  books.add({9'000'000'000, 0, 1, exactness::upper_bound});
  EXPECT_EQ(books.check(t0 + 1s), "");
}

/// Pauses of agents 1 to 9, of which some wait for their steps.
class stand_still {
 public:
  void change(std::uint64_t agent, std::uint32_t lane, time_point at) { pauses.on_changed({agent}, lane, at); }
  std::vector<std::pair<std::uint64_t, duration>> begin(std::uint64_t agent, std::uint32_t lane, time_point at,
                                                        std::vector<std::uint64_t> waiting = {}) {
    std::vector<std::pair<std::uint64_t, duration>> told;
    pauses.on_begun(
        {agent}, lane, at, [&](agent_id who) { return std::ranges::find(waiting, who.value) != waiting.end(); },
        [&](agent_id who, duration pause) { told.emplace_back(who.value, pause); });
    return told;
  }
  switch_pauses pauses;
};

TEST(SwitchPauses, LastFromTheChangeToTheFirstStepOfTheLane) {
  stand_still some;
  some.change(1, 0, t0);
  some.change(2, 0, t0);
  some.change(3, 1, t0);

  using pair = std::pair<std::uint64_t, duration>;
  EXPECT_THAT(some.begin(1, 0, t0 + 3ms, {2}), ElementsAre(pair{1, 3ms}, pair{2, 3ms}));
  EXPECT_THAT(some.begin(2, 0, t0 + 9ms), IsEmpty()) << "it waited for its turn";
  EXPECT_THAT(some.begin(3, 1, t0 + 4ms), ElementsAre(pair{3, 4ms}));
  EXPECT_TRUE(some.pauses.empty());
}

TEST(SwitchPauses, EndWhereSomebodyWhoHadNoContractBeforeHasTheFirstStep) {
  stand_still some;
  some.change(1, 0, t0);
  some.change(2, 1, t0);

  EXPECT_THAT(some.begin(7, 0, t0 + 2ms, {1, 2}), ElementsAre(std::pair{std::uint64_t{1}, duration{2ms}}));
  EXPECT_THAT(some.begin(1, 0, t0 + 80ms), IsEmpty()) << "it waited for its turn";
}

TEST(SwitchPauses, BeginWithTheEndOfTheStepThatRanThen) {
  stand_still some;
  some.change(1, 0, t0);
  some.pauses.on_ready({1}, t0 + 5ms);
  EXPECT_THAT(some.begin(1, 0, t0 + 6ms), ElementsAre(std::pair{std::uint64_t{1}, duration{1ms}}));
}

TEST(SwitchPauses, WhoHadNothingToRunDidNotStandStill) {
  stand_still some;
  some.change(1, 0, t0);
  some.change(2, 0, t0);
  EXPECT_EQ(some.begin(1, 0, t0 + 1ms).size(), 1U) << "agent 2 does not wait";
  EXPECT_THAT(some.begin(2, 0, t0 + 50ms), IsEmpty());
}

TEST(SwitchPauses, OnlyTheNewestChangeCounts) {
  stand_still some;
  some.change(1, 0, t0);
  some.change(1, 2, t0 + 4ms);
  EXPECT_THAT(some.begin(1, 2, t0 + 5ms), ElementsAre(std::pair{std::uint64_t{1}, duration{1ms}}));
  some.change(1, 0, t0);
  some.pauses.forget({1});
  EXPECT_THAT(some.begin(1, 0, t0 + 5ms), IsEmpty());
}

}  // namespace
}  // namespace dunlin
