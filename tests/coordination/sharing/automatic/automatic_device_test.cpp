// SPDX-License-Identifier: Apache-2.0
// A device in automatic mode, as its coordinator runs it.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <vector>

#include "coordination/sharing/device_sharing.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr time_point t0{1'000s};
constexpr share_options automatic{.pattern = sharing_pattern::any};

/// A device of four units. Whoever holds a share works on it while time passes.
class automatic_device {
 public:
  automatic_device() : device_(config()) {}

  errc share(const share_options& options) {
    const auto shared = device_.coordinate(options, now, out_);
    take();
    return shared ? errc::none : shared.error().code;
  }

  /// Its steps take `step` on one unit, and use `width` of them.
  void ask(std::uint64_t agent, std::uint32_t width, duration step) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish.compute_milli = width * 250;
    asked.in_steps = true;
    steps_[agent] = {step, width};
    EXPECT_TRUE(device_.request(asked, now, out_));
    take();
  }
  void leave(std::uint64_t agent) {
    const auto held = tokens_.find(agent);
    EXPECT_TRUE(device_.release({agent}, held == tokens_.end() ? 0 : held->second, now, out_));
    tokens_.erase(agent);
    steps_.erase(agent);
    take();
  }

  /// Does all that is due within `time`. Each holder reports its use every 250 ms, and renews.
  void pass(duration time) {
    const auto until = now + time;
    while (now < until) {
      const auto due = device_.next_deadline().value_or(until);
      now = std::min({until, reported_ + 250ms, std::max(due, now + 1ms)});
      if (now - reported_ >= 250ms) report();
      device_.tick(now, out_);
      ++ticks;
      take();
    }
  }

  [[nodiscard]] sharing_pattern pattern() const { return device_.leases().pattern(); }
  [[nodiscard]] choice_view choice() const { return device_.view(now, 8).choice; }
  [[nodiscard]] const device_sharing& sharing() const { return device_; }

  time_point now = t0;
  std::vector<agent_id> ended;  ///< whose lease or request was ended by the device
  int ticks = 0;

 private:
  struct worker {
    duration step;
    std::uint32_t width;
  };

  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{1}, 4, 1'000};
    return out;
  }

  void report() {
    reported_ = now;
    for (const auto& contract : device_.view(now, 64).contracts) {
      if (contract.state != contract_state::holding) continue;
      const auto& [step, width] = steps_.at(contract.agent.value);
      const auto each = step / std::min(contract.granted.pooled ? 1 : contract.granted.compute_units, width);
      const auto steps = static_cast<std::uint64_t>(250ms / each);
      device_.on_used(contract.agent, contract.token,
                      {steps * static_cast<std::uint64_t>(each.count()), 0, steps, exactness::exact});
      static_cast<void>(device_.renew(contract.agent, contract.token, now));
    }
  }

  void take() {
    for (const auto& effect : out_.leases) {
      if (const auto* granted = std::get_if<share_granted>(&effect))
        tokens_[granted->contract.holder.value] = granted->contract.token;
      if (const auto* changed = std::get_if<share_changed>(&effect)) {
        EXPECT_GT(changed->contract.token, changed->before);
        tokens_[changed->contract.holder.value] = changed->contract.token;
      }
      if (const auto* revoked = std::get_if<share_revoked>(&effect)) ended.push_back(revoked->holder);
      if (const auto* refused = std::get_if<share_refused>(&effect)) ended.push_back(refused->holder);
    }
    out_.clear();
  }

  device_sharing device_;
  device_effects out_;
  time_point reported_ = t0;
  std::map<std::uint64_t, worker> steps_;
  std::map<std::uint64_t, fencing_token> tokens_;
};

TEST(AutomaticDevice, LeavesAPatternUnderWhichAgentsWaitWithoutNeed) {
  automatic_device some;
  EXPECT_EQ(some.share({.pattern = sharing_pattern::exclusive}), errc::none);
  for (std::uint64_t agent = 1; agent <= 4; ++agent) some.ask(agent, 1, 10ms);
  EXPECT_EQ(some.share(automatic), errc::none);
  EXPECT_EQ(some.pattern(), sharing_pattern::exclusive) << "nobody is disturbed without a reason";

  some.pass(1s);

  EXPECT_NE(some.pattern(), sharing_pattern::exclusive);
  EXPECT_EQ(some.sharing().leases().contracts().size(), 4U);
  EXPECT_THAT(some.ended, IsEmpty());
  EXPECT_GE(some.choice().switches, 1U);
  EXPECT_EQ(some.choice().outlook.size(), 5U);
}

TEST(AutomaticDevice, GoesWithDemandThatChanges) {
  automatic_device some;
  EXPECT_EQ(some.share(automatic), errc::none);
  for (std::uint64_t agent = 1; agent <= 6; ++agent) some.ask(agent, 1, 10ms);
  some.pass(5s);
  const auto crowded = some.pattern();
  EXPECT_TRUE(crowded == sharing_pattern::pipeline || crowded == sharing_pattern::space_partitioned);
  for (std::uint64_t agent = 1; agent <= 6; ++agent) some.leave(agent);
  some.pass(10s);
  some.ask(9, 4, 40ms);

  some.pass(5s);

  EXPECT_NE(some.pattern(), sharing_pattern::pipeline) << "a wide step would be slow on one unit";
  EXPECT_EQ(some.sharing().leases().contracts().at(0).granted.compute_units, 4U);
}

TEST(AutomaticDevice, BeginsWithTheUsualPatternWhereNobodyIs) {
  automatic_device some;
  EXPECT_EQ(some.share(automatic), errc::none);
  EXPECT_EQ(some.pattern(), sharing_pattern::collaborative);
  EXPECT_TRUE(some.choice().automatic);
  EXPECT_THAT(some.choice().summary, HasSubstr("nobody has asked"));
}

TEST(AutomaticDevice, EndsWhenAPatternIsNamed) {
  automatic_device some;
  EXPECT_EQ(some.share(automatic), errc::none);
  for (std::uint64_t agent = 1; agent <= 4; ++agent) some.ask(agent, 1, 10ms);
  some.pass(1s);

  EXPECT_EQ(some.share({.pattern = sharing_pattern::exclusive}), errc::none);
  some.pass(5s);

  EXPECT_EQ(some.pattern(), sharing_pattern::exclusive);
  EXPECT_EQ(some.choice(), choice_view{});
}

TEST(AutomaticDevice, AskedForAgainItGoesOnAsItIs) {
  automatic_device some;
  EXPECT_EQ(some.share(automatic), errc::none);
  some.ask(1, 4, 10ms);
  some.leave(1);
  EXPECT_EQ(some.share({.pattern = sharing_pattern::time_sliced}), errc::none);
  some.ask(2, 4, 10ms);
  EXPECT_EQ(some.share(automatic), errc::none);
  some.leave(2);

  EXPECT_EQ(some.share(automatic), errc::none);

  EXPECT_EQ(some.pattern(), sharing_pattern::time_sliced);
}

TEST(AutomaticDevice, LooksWhileItIsWantedAndOnlyThen) {
  automatic_device some;
  EXPECT_EQ(some.share(automatic), errc::none);
  EXPECT_EQ(some.sharing().next_deadline(), std::nullopt) << "nobody holds or waits";

  some.ask(1, 4, 10ms);

  EXPECT_LE(some.sharing().next_deadline(), some.now);
  some.pass(10s);
  EXPECT_LE(some.ticks, 40 * 20) << "a few parts for each look, four looks a second";
  some.leave(1);
  EXPECT_EQ(some.sharing().next_deadline(), std::nullopt);
}

TEST(AutomaticDevice, RefusesOptionsThatAnyPatternRefuses) {
  automatic_device some;
  auto wrong = automatic;
  wrong.quantum = milliseconds{0};
  EXPECT_EQ(some.share(wrong), errc::invalid_argument);
  wrong = automatic;
  wrong.units = {3, 2};
  EXPECT_EQ(some.share(wrong), errc::invalid_argument);

  EXPECT_EQ(some.pattern(), sharing_pattern::exclusive);
  EXPECT_FALSE(some.choice().automatic);
}

TEST(AutomaticDevice, ItsOptionsHoldUnderWhicheverPattern) {
  automatic_device some;
  auto options = automatic;
  options.quantum = milliseconds{20};
  EXPECT_EQ(some.share(options), errc::none);
  some.ask(1, 4, 40ms);
  some.ask(2, 4, 40ms);
  EXPECT_EQ(some.share({.pattern = sharing_pattern::time_sliced}), errc::none);
  EXPECT_EQ(some.share(options), errc::none);

  EXPECT_EQ(some.pattern(), sharing_pattern::time_sliced);
  EXPECT_EQ(some.sharing().leases().contracts().at(0).granted.quantum, 20ms);
}

}  // namespace
}  // namespace dunlin
