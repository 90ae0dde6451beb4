// SPDX-License-Identifier: Apache-2.0
// The carrier against a serial reference: every operation, two to five members, odd sizes, over sockets.
#include "actors/collective/collective_seat.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>

#include "tests/actors/collective/circle.hpp"

namespace dunlin::testing {
namespace {

using floats = std::vector<float>;

/// Small whole numbers, so that sums are exact in any order.
floats input_of(std::uint32_t member, std::size_t count) {
  floats out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>((member + 1) * 1'000 + i % 997);
  return out;
}

floats sum_of(const std::vector<std::uint32_t>& members, std::size_t count) {
  floats out(count);
  for (const auto member : members) {
    const auto input = input_of(member, count);
    for (std::size_t i = 0; i < count; ++i) out[i] += input[i];
  }
  return out;
}

std::vector<std::uint32_t> first(std::uint32_t members) {
  std::vector<std::uint32_t> out(members);
  for (std::uint32_t i = 0; i < members; ++i) out[i] = i;
  return out;
}

floats slice(const floats& of, const element_range& range) {
  return {of.begin() + static_cast<std::ptrdiff_t>(range.from), of.begin() + static_cast<std::ptrdiff_t>(range.end())};
}

void expect_all_succeeded(const std::vector<result<void>>& outcomes) {
  for (const auto& one : outcomes) EXPECT_TRUE(one) << to_string(one.error());
}

/// One element, odd ones, more than a lane, more than several.
constexpr std::size_t every_size[] = {0, 1, 3, 1'001, 65'536, 65'537, 400'001};

TEST(CollectiveSeat, AllReduceGivesEverybodyTheSum) {
  for (std::uint32_t members = 1; members <= 5; ++members) {
    for (const auto count : every_size) {
      circle all{members};
      std::vector<floats> results(members, floats(count));

      expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
        const auto input = input_of(me, count);
        auto done = seat.all_reduce(input, results[me]);
        EXPECT_EQ(input, input_of(me, count));
        return done;
      }));

      for (const auto& one : results) ASSERT_EQ(one, sum_of(first(members), count)) << members << ", " << count;
    }
  }
}

TEST(CollectiveSeat, AllReduceInOneArrayGivesTheSame) {
  circle all{3};
  std::vector<floats> values(3);

  expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
    values[me] = input_of(me, 200'001);
    return seat.all_reduce(values[me]);
  }));

  for (const auto& one : values) EXPECT_EQ(one, sum_of(first(3), 200'001));
}

TEST(CollectiveSeat, ReduceScatterGivesEachItsPart) {
  for (std::uint32_t members = 2; members <= 5; ++members) {
    for (const auto count : every_size) {
      circle all{members};
      std::vector<floats> parts(members);

      expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
        auto values = input_of(me, count);
        auto done = seat.reduce_scatter(values);
        parts[me] = slice(values, seat.part(count));
        return done;
      }));

      const auto sum = sum_of(first(members), count);
      for (std::uint32_t i = 0; i < members; ++i)
        ASSERT_EQ(parts[i], slice(sum, part_of(count, members, i))) << members << ", " << count;
    }
  }
}

TEST(CollectiveSeat, AllGatherGivesEverybodyEveryPart) {
  for (std::uint32_t members = 2; members <= 5; ++members) {
    for (const auto count : every_size) {
      circle all{members};
      std::vector<floats> results(members, floats(count));

      expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
        const auto mine = seat.part(count);
        const auto input = input_of(me, count);
        for (auto i = mine.from; i < mine.end(); ++i) results[me][i] = input[i];
        return seat.all_gather(results[me]);
      }));

      floats whole(count);
      for (std::uint32_t i = 0; i < members; ++i) {
        const auto range = part_of(count, members, i);
        const auto input = input_of(i, count);
        for (auto at = range.from; at < range.end(); ++at) whole[at] = input[at];
      }
      for (const auto& one : results) ASSERT_EQ(one, whole) << members << ", " << count;
    }
  }
}

TEST(CollectiveSeat, BroadcastGivesEverybodyTheRootsArray) {
  for (std::uint32_t members = 2; members <= 5; ++members) {
    for (const auto count : every_size) {
      circle all{members};
      std::vector<floats> results(members);

      expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
        results[me] = input_of(me, count);
        return seat.broadcast(results[me], members - 1);
      }));

      for (const auto& one : results) ASSERT_EQ(one, input_of(members - 1, count)) << members << ", " << count;
    }
  }
}

TEST(CollectiveSeat, SendReachesOnlyWhomItIsFor) {
  for (const auto count : every_size) {
    circle all{3};
    std::vector<floats> results(3);

    expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
      results[me] = input_of(me, count);
      return seat.send(results[me], 2, 0);
    }));

    EXPECT_EQ(results[0], input_of(2, count));
    EXPECT_EQ(results[1], input_of(1, count));
    EXPECT_EQ(results[2], input_of(2, count));
  }
}

TEST(CollectiveSeat, NobodyPassesABarrierBeforeEverybodyHasCome) {
  circle all{5};
  std::atomic<int> come{0};

  expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t) {
    for (int round = 1; round <= 20; ++round) {
      ++come;
      if (auto passed = seat.barrier(); !passed) return passed;
      EXPECT_GE(come.load(), round * 5);
    }
    return result<void>{};
  }));
}

/// Calls follow each other over the same streams, and one member may be ahead of another.
RC_GTEST_PROP(CollectiveSeat, AnySequenceOfCallsAgreesWithTheReference, ()) {
  const auto members = *rc::gen::inRange<std::uint32_t>(2, 6);
  const auto counts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 150'000));
  const auto kinds = *rc::gen::container<std::vector<int>>(counts.size(), rc::gen::inRange(0, 3));
  circle all{members};

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) -> result<void> {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      auto values = input_of(me, counts[i]);
      const auto root = static_cast<std::uint32_t>(i) % members;
      auto done = kinds[i] == 0   ? seat.all_reduce(values)
                  : kinds[i] == 1 ? seat.broadcast(values, root)
                                  : seat.barrier();
      if (!done) return done;
      const auto expected = kinds[i] == 0   ? sum_of(first(members), counts[i])
                            : kinds[i] == 1 ? input_of(root, counts[i])
                                            : input_of(me, counts[i]);
      if (values != expected) return fail(errc::internal, "call " + std::to_string(i) + " has another result");
    }
    return {};
  });

  for (const auto& one : outcomes) RC_ASSERT(one.has_value());
}

TEST(CollectiveSeat, MembersThatCallDifferentThingsAllReadSo) {
  circle all{3};

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) {
    floats values(10);
    return me == 1 ? seat.broadcast(values, 0) : seat.all_reduce(values);
  });

  for (const auto& one : outcomes) {
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, errc::conflict) << to_string(one.error());
  }
}

TEST(CollectiveSeat, AfterAFailedCallTheGroupGoesOn) {
  circle all{3};
  std::vector<floats> results(3);

  expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
    floats first_try(me == 1 ? 100'000 : 200'000);
    EXPECT_FALSE(seat.all_reduce(first_try));
    results[me] = input_of(me, 200'000);
    return seat.all_reduce(results[me]);
  }));

  for (const auto& one : results) EXPECT_EQ(one, sum_of(first(3), 200'000));
}

/// Its surroundings may have given its turn to somebody whom it waits for.
TEST(CollectiveSeat, AMemberRestsWhileItWaitsForTheOthers) {
  circle all{2};
  std::array<std::vector<std::string>, 2> told;
  all.when_resting = [&](std::uint32_t me, bool rests) { told[me].push_back(rests ? "rests" : "resumes"); };

  expect_all_succeeded(all.run([&](collective_seat& seat, std::uint32_t me) {
    told[me].push_back("calls");
    auto done = seat.barrier();
    told[me].push_back("goes on");
    return done;
  }));

  for (const auto& one : told) EXPECT_EQ(one, (std::vector<std::string>{"calls", "rests", "resumes", "goes on"}));
}

TEST(CollectiveSeat, WhoeverDoesNotComeInTimeIsNamedByNumber) {
  circle all{3};
  const auto group = invite(all.place(0), 3).value();
  std::jthread second{[&] {
    const auto wait = [&] {
      all.pass(1s);
      return false;
    };
    const auto joined = join(all.place(1), group, {60s, wait});
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, errc::timeout);
  }};

  const auto gathered = gather(all.place(0), group, {4s});

  ASSERT_FALSE(gathered);
  EXPECT_EQ(gathered.error().code, errc::timeout);
  EXPECT_NE(gathered.error().context.find("of 3 members are here"), std::string::npos) << gathered.error().context;
}

}  // namespace
}  // namespace dunlin::testing
