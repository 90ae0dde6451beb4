// SPDX-License-Identifier: Apache-2.0
// Random conversations against the promises at the top of negotiation.hpp.
#include "coordination/sharing/collaborative/negotiation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace dunlin {
namespace {

constexpr int conversations_per_case = 100;  // rapidcheck runs 100 cases: 10 000 conversations

/// One conversation, read from random words, and what its parties claim as far as an onlooker can tell.
class conversation {
 public:
  explicit conversation(std::vector<std::uint32_t> words) : words_(std::move(words)) {
    std::uint32_t unkept = 1'000;
    const auto count = 1 + word() % 6;
    for (std::uint64_t i = 1; i <= count; ++i) {
      party one{{i}, {}};
      one.wish.compute_milli = 1 + word() % 1'000;
      one.wish.weight = 1 + word() % 300;
      one.kept_milli = word() % 2 == 0 ? 0 : word() % (unkept + 1);
      unkept -= one.kept_milli;
      claims_[one.agent] = {one.wish.compute_milli, one.wish.compute_milli, one.kept_milli, 0, one.wish.weight};
      parties_.push_back(one);
    }
    RC_ASSERT(bargain_.open(parties_, now_, out_));
    absorb();
  }

  void run() {
    const auto began = now_;
    while (!settled_) {
      say_something();
      RC_ASSERT(now_ - began <= terms_.bid_within + terms_.rounds * terms_.answer_within);
    }
    check();
  }

  [[nodiscard]] const bargain_settled& settled() const { return *settled_; }

 private:
  struct claim {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    std::uint32_t kept = 0;
    std::uint32_t offered = 0;
    std::uint32_t weight = 0;
  };

  /// Zeros once the words have run out: then only time passes.
  std::uint32_t word() { return next_ < words_.size() ? words_[next_++] : 0; }

  void say_something() {
    const auto what = word() % 16;
    const agent_id who{1 + word() % (parties_.size() + 1)};  // the last one is a stranger
    const bool bids = (round_ == 0) == (what > 3);           // now and then out of turn
    if (what > 2) return bids ? bid(who) : answer(who);
    now_ = std::min(*bargain_.next_deadline(), now_ + (what > 0 ? 1ms : 50ms));
    bargain_.tick(now_, out_);
    absorb();
  }

  void bid(agent_id who) {
    share_bid some{word() % 8 == 0 ? 0U : 1U, who};
    some.least_milli = word() % 1'001;
    some.most_milli = word() % 1'300;
    for (auto value = word() % 100; value > 60; value -= std::min(value, 1 + word() % 20)) some.values.push_back(value);
    const auto taken = bargain_.on_bid(some, now_, out_);
    RC_ASSERT(!taken || some.least_milli <= some.most_milli);
    if (!taken) return changes_nothing();
    auto& own = claims_.at(who);
    own.least = some.least_milli;
    own.most = some.most_milli;
    own.kept = std::min(own.kept, own.most);
    absorb();
  }

  void answer(agent_id who) {
    share_answer some{1, word() % 8 == 0 ? word() % 5 : round_, who};
    some.accept = word() % 4 == 0;
    some.compute_milli = word() % 1'100;
    some.value = word() % 100;
    const auto before = round_;
    const auto taken = bargain_.on_answer(some, now_, out_);
    RC_ASSERT(!taken || some.round == before);
    if (!taken) return changes_nothing();
    if (!some.accept) counter(claims_.at(who), some.compute_milli);
    absorb();
  }

  static void counter(claim& own, std::uint32_t milli) {
    if (milli == own.offered) return;  // that accepts it
    own.most = milli;
    own.least = std::min(own.least, milli);
    if (milli < own.offered) own.kept = std::min(own.kept, milli);
  }

  void changes_nothing() const { RC_ASSERT(out_.empty()); }

  void absorb() {
    for (const auto& effect : std::exchange(out_, {})) {
      if (const auto* offer = std::get_if<share_offered>(&effect)) {
        round_ = offer->offer.round;
        claims_.at(offer->offer.to).offered = offer->offer.compute_milli;
      }
      if (const auto* end = std::get_if<bargain_settled>(&effect)) settled_ = *end;
    }
    RC_ASSERT(round_ <= terms_.rounds);
  }

  void check() const {
    double weights = 0;
    std::uint64_t claimed = 0;
    std::uint64_t given = 0;
    bool anybody_keeps = false;
    for (const auto& [agent, own] : claims_) {
      weights += own.weight;
      claimed += std::max(own.most, own.kept);
      anybody_keeps = anybody_keeps || own.kept > 0;
    }
    RC_ASSERT(settled_->allotments.size() == claims_.size());
    for (const auto& [agent, milli] : settled_->allotments) {
      const auto& own = claims_.at(agent);
      given += milli;
      RC_ASSERT(milli <= std::max(own.most, own.kept));
      RC_ASSERT(milli >= own.kept);
      // What the contract does not ask for is not guaranteed, and what others keep is not there to be divided.
      const auto& asked = parties_[agent.value - 1].wish;
      const auto needs = std::min<double>(std::min(own.least, asked.compute_milli), 1'000 * own.weight / weights);
      if (!anybody_keeps) RC_ASSERT(milli + 1 >= needs);
    }
    RC_ASSERT(given == std::min<std::uint64_t>(claimed, 1'000));
  }

  bargain_terms terms_{};
  negotiation bargain_{{device_id{1}, 4, 1'000}, terms_};
  std::vector<std::uint32_t> words_;
  std::size_t next_ = 0;
  std::vector<party> parties_;
  std::map<agent_id, claim> claims_;
  time_point now_{1'000s};
  std::uint32_t round_ = 0;
  bargain_effects out_;
  std::optional<bargain_settled> settled_;
};

std::vector<std::uint32_t> random_words() {
  using words = std::vector<std::uint32_t>;
  return *rc::gen::resize(400, rc::gen::container<words>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
}

RC_GTEST_PROP(NegotiationProperty, SettlesInTimeGivesNothingTwiceAndLeavesNothingThatIsClaimed, ()) {
  for (int i = 0; i < conversations_per_case; ++i) conversation{random_words()}.run();
}

RC_GTEST_PROP(NegotiationProperty, TheSameConversationEndsTheSame, ()) {
  const auto words = random_words();
  conversation one{words};
  conversation other{words};
  one.run();
  other.run();
  RC_ASSERT(one.settled().allotments == other.settled().allotments);
  RC_ASSERT(one.settled().agreed == other.settled().agreed);
}

}  // namespace
}  // namespace dunlin
