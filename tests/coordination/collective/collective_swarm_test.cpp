// SPDX-License-Identifier: Apache-2.0
// Every operation against a serial reference: two to nine members, odd sizes, messages in any order that links allow, a
// member killed at every step.
#include "tests/coordination/collective/collective_swarm.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace dunlin::testing {
namespace {

constexpr collective_kind every_kind[] = {collective_kind::all_reduce, collective_kind::reduce_scatter,
                                          collective_kind::all_gather, collective_kind::broadcast,
                                          collective_kind::barrier,    collective_kind::send};

std::vector<numbers> inputs_of(std::size_t members, std::uint64_t count) {
  std::vector<numbers> out(members);
  for (std::size_t i = 0; i < members; ++i)
    for (std::uint64_t k = 0; k < count; ++k) out[i].push_back(static_cast<std::int64_t>((i + 1) * 1'000'000 + k));
  return out;
}

std::int64_t sum_at(const std::vector<numbers>& inputs, const std::vector<std::size_t>& of, std::uint64_t at) {
  std::int64_t out = 0;
  for (const auto member : of) out += inputs[member][at];
  return out;
}

/// Returns what a member should have at `at`; none where the operation promises nothing.
std::optional<std::int64_t> should_be(const collective_call& call, const std::vector<numbers>& inputs,
                                      const std::vector<std::size_t>& members, std::size_t member, std::uint64_t at) {
  const auto n = static_cast<std::uint32_t>(members.size());
  const auto rank = static_cast<std::uint32_t>(std::ranges::find(members, member) - members.begin());
  const auto is_in = [&](std::uint32_t part) {
    const auto range = part_of(call.count, n, part);
    return at >= range.from && at < range.end();
  };
  switch (call.kind) {
    case collective_kind::all_reduce:
      return sum_at(inputs, members, at);
    case collective_kind::reduce_scatter:
      if (is_in(rank)) return sum_at(inputs, members, at);
      return std::nullopt;
    case collective_kind::all_gather:
      for (std::uint32_t part = 0; part < n; ++part)
        if (is_in(part)) return inputs[members[part]][at];
      return std::nullopt;
    case collective_kind::broadcast:
      return inputs[call.root][at];
    case collective_kind::send:
      return inputs[member == call.peer ? call.root : member][at];
    case collective_kind::barrier:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Returns the first thing that is wrong, in words; empty if nothing is.
std::string fault_of(const collective_swarm& swarm, const collective_call& call, const std::vector<numbers>& inputs) {
  std::optional<bool> delivered;
  for (const auto& [member, outcome] : swarm.outcomes()) {
    const bool has_result = outcome.why.code == errc::none;
    if (delivered && *delivered != has_result) return "one has a result and another has none";
    delivered = has_result;
    if (!has_result && outcome.why.code != errc::crashed) return to_string(outcome.why);
    for (std::uint64_t at = 0; has_result && at < call.count; ++at) {
      const auto should = should_be(call, inputs, swarm.counted(), member, at);
      if (should && outcome.result[at] != *should)
        return "member " + std::to_string(member) + " has " + std::to_string(outcome.result[at]) + " at " +
               std::to_string(at) + ", not " + std::to_string(*should);
    }
  }
  return {};
}

TEST(CollectiveSwarm, AgreesWithASerialReference) {
  for (const auto kind : every_kind) {
    for (std::uint32_t members = 2; members <= 9; ++members) {
      for (const std::uint64_t count : {0ULL, 1ULL, 3ULL, 17ULL, 101ULL}) {
        const collective_call call{kind, kind == collective_kind::barrier ? 0 : count, members / 2, 0};
        const auto inputs = inputs_of(members, count);
        collective_swarm swarm{call, inputs, 5, members * 31 + count};

        ASSERT_TRUE(swarm.run()) << to_string(kind) << " of " << members << ", " << count;

        EXPECT_EQ(swarm.outcomes().size(), members);
        EXPECT_EQ(fault_of(swarm, call, inputs), "") << to_string(kind) << " of " << members << ", " << count;
      }
    }
  }
}

/// The dead one takes no result; the others all have one, or all have the same reason.
TEST(CollectiveSwarm, EndsForEverybodyWithAMemberKilledAtEveryStep) {
  for (const auto kind : every_kind) {
    for (const std::uint32_t members : {2U, 3U, 5U}) {
      const collective_call call{kind, kind == collective_kind::barrier ? 0U : 11U, 1, 0};
      const auto inputs = inputs_of(members, call.count);
      collective_swarm whole{call, inputs, 3, 1};
      ASSERT_TRUE(whole.run());
      for (std::size_t step = 0; step <= whole.steps(); ++step) {
        for (std::size_t victim = 0; victim < members; ++victim) {
          collective_swarm swarm{call, inputs, 3, 1};
          swarm.kill(victim, step);
          const auto where = std::string{to_string(kind)} + " of " + std::to_string(members) + ", member " +
                             std::to_string(victim) + " killed before step " + std::to_string(step);

          ASSERT_TRUE(swarm.run()) << where;

          ASSERT_GE(swarm.outcomes().size(), members - 1) << where;
          ASSERT_EQ(fault_of(swarm, call, inputs), "") << where;
        }
      }
    }
  }
}

TEST(CollectiveSwarm, AnAllReduceGoesOnWithoutTheDead) {
  const collective_call call{collective_kind::all_reduce, 20};
  const auto inputs = inputs_of(5, 20);
  collective_swarm swarm{call, inputs, 4, 3};
  swarm.kill(2, 9);
  swarm.kill(4, 30);

  ASSERT_TRUE(swarm.run());

  EXPECT_EQ(swarm.outcomes().size(), 3U);
  EXPECT_EQ(swarm.outcomes().at(0).why.code, errc::none);
  EXPECT_EQ(fault_of(swarm, call, inputs), "");
}

RC_GTEST_PROP(CollectiveSwarm, EndsAliveOrInWordsWhateverDies, ()) {
  const auto members = *rc::gen::inRange<std::uint32_t>(2, 10);
  collective_call call;
  call.kind = *rc::gen::elementOf(std::vector<collective_kind>(std::begin(every_kind), std::end(every_kind)));
  call.count = call.kind == collective_kind::barrier ? 0 : *rc::gen::inRange<std::uint64_t>(0, 60);
  call.root = *rc::gen::inRange<std::uint32_t>(0, members);
  call.peer = (call.root + 1) % members;
  const auto inputs = inputs_of(members, call.count);
  collective_swarm swarm{call, inputs, *rc::gen::inRange<std::uint64_t>(1, 20), *rc::gen::arbitrary<std::uint64_t>()};
  std::size_t dead = 0;
  for (std::size_t member = 0; member < members; ++member) {
    if (*rc::gen::inRange(0, 4) != 0) continue;
    swarm.kill(member, *rc::gen::inRange<std::size_t>(0, 200));
    ++dead;
  }

  RC_ASSERT(swarm.run());

  RC_ASSERT(swarm.outcomes().size() >= members - dead);
  RC_ASSERT(fault_of(swarm, call, inputs) == "");
}

}  // namespace
}  // namespace dunlin::testing
