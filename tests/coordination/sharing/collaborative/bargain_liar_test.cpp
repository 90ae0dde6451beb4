// SPDX-License-Identifier: Apache-2.0
// Who lies about its need, and what becomes of it over a hundred negotiations in virtual time.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "coordination/sharing/collaborative/party_book.hpp"
#include "tests/coordination/sharing/collaborative/bargain_table.hpp"

namespace dunlin {
namespace {

using test::bargain_table;

/// What an agent may need and what it says.
struct habits {
  std::uint32_t need = 0;       ///< in even seconds
  std::uint32_t odd_need = 0;   ///< in odd seconds
  std::uint32_t claim = 0;      ///< 0 = its need
  std::uint32_t rival = 1'000;  ///< what the other one needs
  duration min_hold = 10s;
};

struct outcome {
  std::uint64_t busy_ms = 0;  ///< of the whole device
  std::uint32_t credibility = 0;
};

/// Negotiates once a second, a hundred times; in between the device measures what each can use of what it has.
outcome after_a_hundred_rounds(const habits& its) {
  constexpr agent_id agent{1};
  constexpr agent_id rival{2};
  party_book book{test::one_device(), {its.min_hold, 60s, 500ms}};
  bargain_table table;
  auto& own = table.seat(agent);
  table.seat(rival).wants(its.rival, its.rival);
  const auto measure = [&](agent_id who, std::uint32_t used_milli) {
    book.on_used(who, {.compute_units = 4}, {.busy_ns = used_milli * std::uint64_t{1'000'000}});
  };
  outcome out;
  for (int second = 0; second < 100; ++second) {
    const auto need = second % 2 == 0 ? its.need : its.odd_need;
    const auto claim = its.claim > 0 ? its.claim : need;
    own.wants(claim, claim);
    for (const auto who : {agent, rival})
      table.party_of(who) = book.enter(who, {}, share_class::opportunistic, table.now());
    book.settle(table.settle().allotments, table.now());
    const auto used = std::min(need, table.milli_of(agent));
    out.busy_ms += used;
    measure(agent, used);
    measure(rival, std::min(its.rival, table.milli_of(rival)));
    table.wait(1s - 2 * bargain_table::message_takes);
  }
  out.credibility = book.credibility_of(agent);
  return out;
}

TEST(BargainLiar, WhoClaimsMoreThanItNeedsEndsWithLess) {
  const habits truth{200, 200};
  habits lie = truth;
  lie.claim = 900;

  const auto honest = after_a_hundred_rounds(truth);
  const auto liar = after_a_hundred_rounds(lie);

  EXPECT_EQ(honest.busy_ms, 100U * 200U) << "all that it needs";
  EXPECT_EQ(honest.credibility, 1'000U);
  EXPECT_LT(liar.busy_ms, 80U * 200U);
  EXPECT_LT(liar.credibility, 500U);
}

TEST(BargainLiar, WhoAlwaysClaimsItsHighestNeedEndsWithLess) {
  const habits truth{600, 100, 0, 300};
  habits lie = truth;
  lie.claim = 600;

  const auto honest = after_a_hundred_rounds(truth);
  const auto liar = after_a_hundred_rounds(lie);

  EXPECT_EQ(honest.busy_ms, 50U * 600U + 50U * 100U);
  EXPECT_LT(liar.busy_ms, honest.busy_ms * 3 / 4);
}

/// Whatever it needs, however much more it claims, whoever is beside it. A need that comes and goes faster than holds
/// end is another matter: who lets go of a share has to wait for the hold of whoever takes it.
RC_GTEST_PROP(BargainLiar, NoLieAboutTheNeedGains, ()) {
  habits truth;
  truth.need = *rc::gen::inRange(20U, 700U);
  truth.odd_need = *rc::gen::element(truth.need, truth.need / 2, truth.need / 10 + 1);
  truth.rival = *rc::gen::inRange(0U, 1'001U);
  truth.min_hold = truth.odd_need == truth.need ? *rc::gen::element<duration>(0s, 3s, 10s) : 0s;
  habits lie = truth;
  lie.claim = *rc::gen::inRange(truth.need, 1'001U);

  const auto honest = after_a_hundred_rounds(truth);

  RC_ASSERT(after_a_hundred_rounds(lie).busy_ms <= honest.busy_ms);
  RC_ASSERT(honest.credibility == 1'000U);
}

}  // namespace
}  // namespace dunlin
