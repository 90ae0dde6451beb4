// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/backend_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using ::testing::HasSubstr;

constexpr time_point t0{1'000s};

/// A GPU behind a bus of 10 GB/s, SIMD, plain loops.
std::vector<backend_offer> chain() {
  backend_offer cuda;
  cuda.name = "cuda";
  cuda.bytes_per_second = 1e10;
  backend_offer simd;
  simd.name = "simd";
  backend_offer scalar;
  scalar.name = "scalar";
  return {cuda, simd, scalar};
}

backend_wish gemm(std::uint64_t bytes = 0) { return {"gemm", 1'000, bytes, {}}; }

void teach(backend_choice& choice, const std::string& backend, duration took) {
  backend_decision ran;
  ran.chosen = backend;
  for (int i = 0; i < 3; ++i) choice.on_done(ran, gemm(), took);
}

std::string chosen(backend_choice& choice, const backend_wish& wish, const std::vector<backend_offer>& offers,
                   time_point now = t0) {
  const auto decision = choice.choose(wish, offers, now);
  return decision ? decision->chosen : to_string(decision.error());
}

TEST(BackendChoice, TakesTheFirstNamedWhileNothingIsKnown) {
  backend_choice choice;
  auto offers = chain();
  EXPECT_EQ(chosen(choice, gemm(), offers), "cuda");

  offers[0].is_present = false;
  EXPECT_EQ(chosen(choice, gemm(), offers), "simd");
}

TEST(BackendChoice, TakesWhatIsDoneFirst) {
  backend_choice choice;
  teach(choice, "cuda", 1ms);
  teach(choice, "simd", 5ms);
  teach(choice, "scalar", 100ms);

  EXPECT_EQ(chosen(choice, gemm(), chain()), "cuda");
  EXPECT_EQ(chosen(choice, gemm(100'000'000), chain()), "simd");  // 10 ms over the bus

  auto busy = chain();
  busy[1].queue = 200ms;
  EXPECT_EQ(chosen(choice, gemm(2'000'000'000), busy), "scalar");  // 200 ms over the bus
}

TEST(BackendChoice, GoesByWhatIsDeclaredUntilItIsMeasured) {
  backend_choice choice;
  auto offers = chain();
  offers[0].declared = 9ms;
  offers[1].declared = 3ms;
  offers[2].declared = 30ms;
  EXPECT_EQ(chosen(choice, gemm(), offers), "simd");

  teach(choice, "simd", 20ms);
  EXPECT_EQ(chosen(choice, gemm(), offers), "cuda");
}

TEST(BackendChoice, FallsBackWhenOneFailsTooOften) {
  backend_choice choice{{2, 10s, 60s}};
  for (int i = 0; i < 2; ++i) {
    const auto decision = choice.choose(gemm(), chain(), t0).value();
    ASSERT_EQ(decision.chosen, "cuda");
    choice.on_failed(decision, gemm(), failure_source::device, t0);
  }

  EXPECT_EQ(choice.state_of("cuda", t0), breaker_state::open);
  EXPECT_EQ(chosen(choice, gemm(), chain()), "simd");
  EXPECT_EQ(chosen(choice, gemm(), chain(), t0 + 10s), "cuda");  // the trial
  EXPECT_EQ(chosen(choice, gemm(), chain(), t0 + 10s), "simd");
}

TEST(BackendChoice, AKindWhoseOwnCodeFailsKeepsNoOtherKindAway) {
  backend_choice choice{{2, 10s, 60s}};
  const backend_wish fft{"fft", 1'000, 0, {}};
  for (int i = 0; i < 2; ++i)
    choice.on_failed(choice.choose(gemm(), chain(), t0).value(), gemm(), failure_source::work, t0);

  const auto decision = choice.choose(gemm(), chain(), t0).value();
  EXPECT_EQ(decision.chosen, "simd");
  EXPECT_EQ(decision.candidates[0].rejecting_term, "it failed too often for 'gemm'");
  EXPECT_EQ(chosen(choice, fft, chain()), "cuda");
  EXPECT_EQ(choice.state_of("cuda", "gemm", t0), breaker_state::open);
  EXPECT_EQ(choice.state_of("cuda", "fft", t0), breaker_state::closed);
  EXPECT_EQ(choice.state_of("cuda", t0), breaker_state::closed);
}

TEST(BackendChoice, SuccessOfOneKindDoesNotHideThatAnotherFails) {
  backend_choice choice{{2, 10s, 60s}};
  const backend_wish fft{"fft", 1'000, 0, {}};
  for (int i = 0; i < 2; ++i) {
    choice.on_failed(choice.choose(gemm(), chain(), t0).value(), gemm(), failure_source::work, t0);
    choice.on_done(choice.choose(fft, chain(), t0).value(), fft, 1ms);
  }

  EXPECT_EQ(chosen(choice, gemm(), chain()), "simd");
}

TEST(BackendChoice, WhatTheDeviceSaysCountsForEveryKind) {
  backend_choice choice{{2, 10s, 60s}};
  const backend_wish fft{"fft", 1'000, 0, {}};
  for (int i = 0; i < 2; ++i)
    choice.on_failed(choice.choose(gemm(), chain(), t0).value(), gemm(), failure_source::device, t0);

  EXPECT_EQ(chosen(choice, fft, chain()), "simd");
}

TEST(BackendChoice, ATrialWhoseOwnCodeFailsSaysNothingOfTheDevice) {
  backend_choice choice{{1, 10s, 60s}};
  const backend_wish fft{"fft", 1'000, 0, {}};
  choice.on_failed(choice.choose(gemm(), chain(), t0).value(), gemm(), failure_source::device, t0);

  choice.on_failed(choice.choose(gemm(), chain(), t0 + 10s).value(), gemm(), failure_source::work, t0 + 10s);

  EXPECT_EQ(choice.state_of("cuda", t0 + 10s), breaker_state::half_open);
  EXPECT_EQ(chosen(choice, fft, chain(), t0 + 10s), "cuda");
}

TEST(BackendChoice, KeepsTheCostsOfTwoWaysApart) {
  backend_choice choice;
  auto offers = chain();
  offers.resize(2);
  offers[0] = offers[1];
  offers[0].as = "4 cores";
  offers[1].as = "2 cores";
  backend_decision ran;
  ran.chosen = "simd";
  for (const auto& [as, took] : {std::pair{"4 cores", 5ms}, std::pair{"2 cores", 2ms}}) {
    ran.as = as;
    for (int i = 0; i < 3; ++i) choice.on_done(ran, gemm(), took);
  }

  const auto decision = choice.choose(gemm(), offers, t0).value();

  EXPECT_EQ(decision.offer, 1U);
  EXPECT_EQ(decision.chosen, "simd");
  EXPECT_EQ(decision.candidates[0].name, "simd with 4 cores");
}

TEST(BackendChoice, FreesATrialThatDidNotRun) {
  backend_choice choice{{1, 10s, 60s}};
  choice.on_failed(choice.choose(gemm(), chain(), t0).value(), gemm(), failure_source::device, t0);

  choice.on_given_up(choice.choose(gemm(), chain(), t0 + 10s).value(), gemm());

  EXPECT_EQ(chosen(choice, gemm(), chain(), t0 + 10s), "cuda");
}

TEST(BackendChoice, DoesNotTryWhatMayCostAnythingWhereACostIsKnown) {
  backend_choice choice;
  teach(choice, "cuda", 1s);
  teach(choice, "scalar", 1ms);

  EXPECT_EQ(chosen(choice, gemm(), chain()), "scalar");
}

TEST(BackendChoice, FailsAtOnceWhenTheOnlyOneThatWillDoIsAbsent) {
  backend_choice choice;
  auto offers = chain();
  offers[0].is_present = false;
  offers[0].why_absent = "no driver";
  auto wish = gemm();
  wish.only = "cuda";

  const auto decision = choice.choose(wish, offers, t0);

  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().code, errc::not_supported);
  EXPECT_THAT(decision.error().context, HasSubstr("cuda: no driver"));
}

TEST(BackendChoice, KeepsWorkOffOthersThanTheOneItDemands) {
  backend_choice choice;
  teach(choice, "cuda", 50ms);
  teach(choice, "simd", 1ms);
  auto wish = gemm();
  wish.only = "cuda";

  EXPECT_EQ(chosen(choice, wish, chain()), "cuda");
}

TEST(BackendChoice, SaysWhyInOneSentenceAndWhatItHeldAgainstEach) {
  backend_choice choice;
  teach(choice, "cuda", 1ms);
  teach(choice, "simd", 5ms);
  auto offers = chain();
  offers[2].is_present = false;
  offers[2].why_absent = "switched off";

  const auto decision = choice.choose(gemm(10'000'000), offers, t0).value();

  EXPECT_EQ(decision.because, "done first: 1000 us transfer, 0 us queue, 1000 us compute");
  EXPECT_EQ(decision.candidates[1].total(), 5ms);
  EXPECT_EQ(decision.candidates[2].rejecting_term, "switched off");
}

TEST(BackendChoice, WithoutAnyOfferSaysSo) {
  backend_choice choice;

  EXPECT_EQ(choice.choose(gemm(), {}, t0).error().context, "no backend can run 'gemm'");
}

}  // namespace
}  // namespace dunlin
