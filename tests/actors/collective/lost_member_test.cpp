// SPDX-License-Identifier: Apache-2.0
// Members that die in the middle: the others finish, or all read the same reason, within the deadline.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "tests/actors/collective/circle.hpp"

namespace dunlin::testing {
namespace {

using floats = std::vector<float>;
constexpr std::size_t count = 300'001;

enum class operation { all_reduce, reduce_scatter, all_gather, broadcast, send, barrier };
constexpr operation every_operation[] = {operation::all_reduce, operation::reduce_scatter, operation::all_gather,
                                         operation::broadcast,  operation::send,           operation::barrier};

result<void> perform(operation what, collective_seat& seat, std::span<const float> from, std::span<float> into) {
  switch (what) {
    case operation::all_reduce:
      return seat.all_reduce(from, into);
    case operation::reduce_scatter:
      return seat.reduce_scatter(into);
    case operation::all_gather:
      return seat.all_gather(into);
    case operation::broadcast:
      return seat.broadcast(into, 0);
    case operation::send:
      return seat.send(into, 0, 1);
    case operation::barrier:
      return seat.barrier();
  }
  return {};
}

float value_of(std::uint32_t member) { return static_cast<float>(1U << member); }

/// What the survivors have after an all-reduce: the sum of those that the seat names.
float sum_of(const std::vector<std::uint32_t>& ranks) {
  float out = 0;
  for (const auto rank : ranks) out += value_of(rank);
  return out;
}

void expect_crashed_or_none(const result<void>& outcome) {
  const auto why = outcome ? error{errc::crashed} : outcome.error();
  EXPECT_EQ(why.code, errc::crashed) << to_string(why);
}

/// Whoever has its verdict keeps it; nobody waits for the deadline, which never comes here.
bool survive_convener(operation what, std::uint32_t members, int nth) {
  circle all{members};
  std::atomic<int> waits{0};
  all.before_wait[0] = [&] {
    if (++waits == nth) all.sever(0);
  };
  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) {
    const floats input(count, value_of(me));
    floats into(count, value_of(me));
    auto done = perform(what, seat, input, into);
    if (me > 0 && !done) expect_crashed_or_none(seat.barrier());
    return done;
  });
  for (std::uint32_t i = 1; i < members; ++i) expect_crashed_or_none(outcomes[i]);
  return waits >= nth;
}

/// Runs one operation in which the victim's streams end before its n-th wait. Returns whether it waited so often.
bool survive(operation what, std::uint32_t members, std::uint32_t victim, int nth) {
  circle all{members};
  std::atomic<int> waits{0};
  all.before_wait[victim] = [&] {
    if (++waits == nth) all.sever(victim);
  };
  std::vector<floats> results(members, floats(count));
  std::vector<std::vector<std::uint32_t>> ranks(members);
  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) {
    const floats input(count, value_of(me));
    results[me].assign(count, value_of(me));
    auto done = perform(what, seat, input, results[me]);
    ranks[me] = seat.ranks();
    return done;
  });
  std::optional<bool> succeeded;
  for (std::uint32_t i = 0; i < members; ++i) {
    if (i == victim) continue;
    const bool has_result = outcomes[i].has_value();
    EXPECT_EQ(succeeded.value_or(has_result), has_result);
    succeeded = has_result;
    expect_crashed_or_none(outcomes[i]);
    if (outcomes[i] && what == operation::all_reduce) {
      EXPECT_EQ(std::ranges::count(results[i], sum_of(ranks[i])), static_cast<std::ptrdiff_t>(count));
    }
  }
  EXPECT_TRUE(*succeeded || what != operation::all_reduce);
  return waits >= nth;
}

TEST(LostMember, TheOthersEndTogetherWheneverItDies) {
  for (const auto what : every_operation)
    for (const std::uint32_t members : {2U, 3U, 5U})
      for (int nth = 1; nth <= 6 && survive(what, members, members - 1, nth); ++nth)
        if (HasFailure()) FAIL() << "operation " << static_cast<int>(what) << " of " << members << ", wait " << nth;
}

TEST(LostMember, WheneverTheConvenerDiesTheOthersCallsEnd) {
  for (const auto what : every_operation)
    for (const std::uint32_t members : {2U, 3U, 5U})
      for (int nth = 1; nth <= 8 && survive_convener(what, members, nth); ++nth)
        if (HasFailure()) FAIL() << "operation " << static_cast<int>(what) << " of " << members << ", wait " << nth;
}

/// Nobody else can decide for it.
TEST(LostMember, WithoutTheConvenerEverybodyFails) {
  circle all{4};
  all.before_wait[0] = [&] { all.sever(0); };

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t) {
    floats values(count, 1);
    return seat.all_reduce(values);
  });

  for (std::uint32_t i = 1; i < 4; ++i) {
    ASSERT_FALSE(outcomes[i]);
    EXPECT_EQ(outcomes[i].error().code, errc::crashed) << to_string(outcomes[i].error());
  }
}

/// Two processes that live and cannot reach each other: one of them goes, so that the rest need not wait.
TEST(LostMember, ASeveredStreamCutsOneEndOut) {
  circle all{4};
  std::atomic<bool> is_severed{false};
  all.before_wait[2] = [&] {
    if (!is_severed.exchange(true)) all.sever_between(1, 2);
  };
  std::vector<floats> results(4, floats(count));

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) {
    const floats input(count, value_of(me));
    return seat.all_reduce(input, results[me]);
  });

  const auto failed = std::ranges::count_if(outcomes, [](const auto& one) { return !one; });
  EXPECT_LE(failed, 1);
  for (std::uint32_t i = 0; i < 4; ++i) expect_crashed_or_none(outcomes[i]);
}

TEST(LostMember, TheRestGoOnWithoutItAfterwards) {
  circle all{3};
  std::vector<floats> results(3, floats(10));

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) -> result<void> {
    floats values(count, value_of(me));
    if (auto first = seat.all_reduce(values); !first) return first;
    if (me == 1) {
      all.sever(1);
      return {};
    }
    results[me].assign(10, value_of(me));
    if (auto second = seat.all_reduce(results[me]); !second) return second;
    EXPECT_EQ(seat.ranks(), (std::vector<std::uint32_t>{0, 2}));
    return seat.all_gather(results[me]);
  });

  EXPECT_TRUE(outcomes[0]) << to_string(outcomes[0].error());
  EXPECT_TRUE(outcomes[2]) << to_string(outcomes[2].error());
  EXPECT_EQ(results[0], floats(10, value_of(0) + value_of(2)));
}

/// Whoever counts on parts has to know that they are others now.
TEST(LostMember, PartsAreNotMovedSilently) {
  circle all{3};

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) -> result<void> {
    if (me == 1) {
      all.sever(1);
      return {};
    }
    floats values(count, 1);
    const auto first = seat.all_gather(values);
    EXPECT_FALSE(first);
    EXPECT_EQ(first.error().code, errc::crashed);
    EXPECT_EQ(seat.ranks(), (std::vector<std::uint32_t>{0, 2}));
    return seat.all_gather(values);
  });

  EXPECT_TRUE(outcomes[0]) << to_string(outcomes[0].error());
  EXPECT_TRUE(outcomes[2]) << to_string(outcomes[2].error());
}

TEST(LostMember, OneThatNeverCallsEndsTheCallAtItsDeadline) {
  circle all{3};
  std::atomic<int> waiting{0};
  for (const std::uint32_t i : {0U, 1U})
    all.before_wait[i] = [&, first = true]() mutable {
      if (std::exchange(first, false) && ++waiting == 2) all.pass(all.limits.deadline + 1min);
    };
  std::atomic<int> failed{0};

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) -> result<void> {
    floats values(10);
    if (me != 2) {
      auto done = seat.all_reduce(values);
      ++failed;
      failed.notify_all();
      return done;
    }
    for (auto now = failed.load(); now < 2; now = failed.load()) failed.wait(now);
    return {};
  });

  for (const std::uint32_t i : {0U, 1U}) {
    ASSERT_FALSE(outcomes[i]);
    EXPECT_EQ(outcomes[i].error().code, errc::timeout) << to_string(outcomes[i].error());
  }
}

TEST(LostMember, WithTooFewLeftTheCallFails) {
  circle all{3};
  all.limits.least_members = 3;
  all.before_wait[2] = [&] { all.sever(2); };

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t) {
    floats values(count, 1);
    return seat.all_reduce(values);
  });

  for (const std::uint32_t i : {0U, 1U}) {
    ASSERT_FALSE(outcomes[i]);
    EXPECT_EQ(outcomes[i].error().code, errc::crashed) << to_string(outcomes[i].error());
  }
}

/// What ends before a call begins is dealt with in the call.
TEST(LostMember, OneThatIsGoneBeforeACallBeginsIsCutOut) {
  circle all{3};
  std::atomic<int> waits{0};
  all.before_wait[1] = [&] {
    ++waits;
    waits.notify_all();
  };
  std::atomic<int> reduced{0};

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) -> result<void> {
    floats values(count, 1);
    EXPECT_TRUE(seat.all_reduce(values));
    ++reduced;
    reduced.notify_all();
    for (auto now = reduced.load(); now < 3; now = reduced.load()) reduced.wait(now);
    if (me == 2) {
      all.sever(2);
      return {};
    }
    if (me == 0)
      for (const auto before = waits.load(); waits < before + 3;) waits.wait(waits.load());
    return seat.barrier();
  });

  EXPECT_TRUE(outcomes[0]) << to_string(outcomes[0].error());
  EXPECT_TRUE(outcomes[1]) << to_string(outcomes[1].error());
}

/// The convener lives, and says nothing any more: nobody waits for it for ever.
TEST(LostMember, AConvenerThatFallsSilentEndsTheCallInTime) {
  circle all{2};
  std::atomic<bool> is_silent{false};
  std::atomic<bool> is_over{false};
  const auto set = [](std::atomic<bool>& flag) {
    flag = true;
    flag.notify_all();
  };
  all.before_wait[0] = [&] {
    set(is_silent);
    is_over.wait(false);
  };
  all.before_wait[1] = [&] { all.pass(10s); };

  const auto outcomes = all.run([&](collective_seat& seat, std::uint32_t me) {
    floats values(10, 1);
    if (me == 0) return seat.broadcast(values, 0);
    is_silent.wait(false);
    auto done = seat.broadcast(values, 0);
    EXPECT_FALSE(seat.barrier()) << "the others may have a result that it does not";
    set(is_over);
    return done;
  });

  ASSERT_FALSE(outcomes[1]);
  EXPECT_EQ(outcomes[1].error().code, errc::timeout) << to_string(outcomes[1].error());
}

}  // namespace
}  // namespace dunlin::testing
