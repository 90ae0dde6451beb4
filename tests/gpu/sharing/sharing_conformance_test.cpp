// SPDX-License-Identifier: Apache-2.0
// What sharing promises under every pattern on every kind of device: a real arbiter decides, the device obeys.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <tuple>

#include "tests/gpu/sharing/device_witness.hpp"

namespace dunlin::testing {
namespace {

struct kind_of_device {
  const char* name;
  device_witness::make_side make;
};

const std::array<kind_of_device, 2> kinds{kind_of_device{"Cpu", make_cpu_side}, kind_of_device{"Fake", make_fake_side}};

class SharingConformance : public ::testing::TestWithParam<std::tuple<sharing_pattern, kind_of_device>> {
 protected:
  [[nodiscard]] static sharing_pattern pattern() { return std::get<0>(GetParam()); }
  [[nodiscard]] static device_witness::make_side make() { return std::get<1>(GetParam()).make; }
};

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories

TEST_P(SharingConformance, NoHistoryGivesAUnitToTwoStepsOrLetsAnOldLeaseIn) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < histories_per_case; ++i) {
      device_witness some{pattern(), make()};
      const auto words =
          *rc::gen::resize(60, rc::gen::container<history>(rc::gen::inRange<std::uint32_t>(0, 1U << 31)));
      for (const auto word : words) some.step(word);

      some.let_all_end();

      RC_ASSERT(some.quiet());
      some.expect_all_free();
    }
  }));
}

constexpr time_point t0{1'000s};

/// An arbiter with its device, and two agents that each want all of it.
class shared_device {
 public:
  shared_device(sharing_pattern pattern, device_witness::make_side make)
      : config_(small_device()),
        arbiter_(config_, rule_of(pattern, config_.capacity)),
        side_(make(config_.capacity.compute_units)) {}

  void ask(std::uint64_t agent) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish.memory_bytes = 1'000;  // as much as there is: two never fit beside each other
    EXPECT_TRUE(arbiter_.request(asked, t0, out_));
    perform();
  }
  void tick(time_point now) {
    arbiter_.tick(now, out_);
    perform();
  }
  void switch_to(sharing_pattern pattern) {
    arbiter_.switch_to(rule_of(pattern, config_.capacity), t0, out_);
    perform();
  }
  [[nodiscard]] const share_contract* contract_of(std::uint64_t agent) {
    contracts_ = arbiter_.contracts();
    const auto at = std::ranges::find(contracts_, agent_id{agent}, &share_contract::holder);
    return at == contracts_.end() ? nullptr : &*at;
  }
  result<share_contract> begin(const share_contract& by) { return side_->begin(by.holder, by.id, by.token); }
  device_side& side() { return *side_; }
  [[nodiscard]] duration ttl() const { return config_.terms.ttl; }

 private:
  void perform() {
    side_->apply(out_);
    out_.clear();
  }

  arbiter_config config_;
  arbiter arbiter_;
  std::unique_ptr<device_side> side_;
  sharing_effects out_;
  std::vector<share_contract> contracts_;
};

TEST_P(SharingConformance, ADeadHoldersShareIsTheNextOnesWithinItsTtl) {
  shared_device some{pattern(), make()};
  some.ask(1);
  some.ask(2);
  const auto dead = *some.contract_of(1);
  ASSERT_TRUE(some.begin(dead)) << "it dies in this step, and never renews";
  some.tick(t0 + some.ttl() - 1ns);
  ASSERT_EQ(some.contract_of(2), nullptr);

  some.tick(t0 + some.ttl());

  EXPECT_EQ(some.contract_of(1), nullptr);
  ASSERT_NE(some.contract_of(2), nullptr);
  some.side().remove({1});  // its node gives the step up
  EXPECT_TRUE(some.begin(*some.contract_of(2)));
  EXPECT_FALSE(some.begin(dead)) << "should it live after all";
}

TEST_P(SharingConformance, AnOlderContractEndsWithTheStepThatRunsByIt) {
  for (const auto to : patterns) {
    shared_device some{pattern(), make()};
    some.ask(1);
    const auto before = *some.contract_of(1);
    ASSERT_TRUE(some.begin(before));

    some.switch_to(to);

    const auto after = some.side().next({1});
    ASSERT_TRUE(after) << to_string(to);
    EXPECT_GT(after->token, before.token);
    EXPECT_EQ(after->pattern, to);
    EXPECT_EQ(after->granted.memory_bytes, before.granted.memory_bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, SharingConformance,
                         ::testing::Combine(::testing::ValuesIn(patterns), ::testing::ValuesIn(kinds)),
                         [](const auto& info) {
                           return std::string{to_string(std::get<0>(info.param))} + "On" + std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace dunlin::testing
