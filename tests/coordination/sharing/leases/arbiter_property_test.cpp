// SPDX-License-Identifier: Apache-2.0
// Random histories against the promises at the top of arbiter.hpp, under each pattern and across them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/coordination/sharing/leases/reserved_history.hpp"

namespace dunlin {
namespace {

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories

history random_history() {
  return *rc::gen::resize(80, rc::gen::container<history>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
}

void run_histories(sharing_pattern pattern, bool switching) {
  for (int i = 0; i < histories_per_case; ++i) {
    arbiter_witness some{pattern};
    for (const auto word : random_history()) some.step(word, switching);
    const auto began = some.now();

    some.let_all_end();

    RC_ASSERT(some.quiet());
    // Dead holders: each is freed within its TTL, at worst one after the other.
    RC_ASSERT(some.now() - began <= small_device().terms.ttl * (arbiter_witness::agents + 1));
  }
}

RC_GTEST_PROP(ArbiterProperty, ExclusiveNeverGrantsTooMuchAndServesEverybody, ()) {
  run_histories(sharing_pattern::exclusive, false);
}

RC_GTEST_PROP(ArbiterProperty, TimeSlicedNeverGrantsTooMuchAndServesEverybody, ()) {
  run_histories(sharing_pattern::time_sliced, false);
}

RC_GTEST_PROP(ArbiterProperty, SpacePartitionedNeverGrantsTooMuchAndServesEverybody, ()) {
  run_histories(sharing_pattern::space_partitioned, false);
}

RC_GTEST_PROP(ArbiterProperty, PipelineNeverGrantsTooMuchAndServesEverybody, ()) {
  run_histories(sharing_pattern::pipeline, false);
}

RC_GTEST_PROP(ArbiterProperty, CollaborativeNeverGrantsTooMuchAndServesEverybody, ()) {
  run_histories(sharing_pattern::collaborative, false);
}

RC_GTEST_PROP(ArbiterProperty, ARuleIsExchangedUnderAnyHistory, ()) { run_histories(sharing_pattern::exclusive, true); }

// -- with boosts, lent priorities and reservations

void run_reserved_histories(sharing_pattern pattern, bool switching) {
  for (int i = 0; i < histories_per_case; ++i) {
    reserved_witness some{pattern};
    for (const auto word : random_history()) some.step(word, switching);

    const auto reserved_until = some.end();

    RC_ASSERT(some.quiet());
    RC_ASSERT(some.now() <= reserved_until + small_device().terms.ttl * int{arbiter_witness::agents + 1});
  }
}

RC_GTEST_PROP(ReservationProperty, ExclusiveKeepsEveryReservation, ()) {
  run_reserved_histories(sharing_pattern::exclusive, false);
}

RC_GTEST_PROP(ReservationProperty, TimeSlicedKeepsEveryReservation, ()) {
  run_reserved_histories(sharing_pattern::time_sliced, false);
}

RC_GTEST_PROP(ReservationProperty, SpacePartitionedKeepsEveryReservation, ()) {
  run_reserved_histories(sharing_pattern::space_partitioned, false);
}

RC_GTEST_PROP(ReservationProperty, PipelineKeepsEveryReservation, ()) {
  run_reserved_histories(sharing_pattern::pipeline, false);
}

RC_GTEST_PROP(ReservationProperty, CollaborativeKeepsEveryReservation, ()) {
  run_reserved_histories(sharing_pattern::collaborative, false);
}

RC_GTEST_PROP(ReservationProperty, IsKeptWhenTheRuleIsExchanged, ()) {
  run_reserved_histories(sharing_pattern::exclusive, true);
}

}  // namespace
}  // namespace dunlin
