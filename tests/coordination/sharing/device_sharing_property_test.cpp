// SPDX-License-Identifier: Apache-2.0
// Any history of a device whose agents bargain, lie, are silent, come and go while its pattern is changed.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <set>

#include "coordination/sharing/device_sharing.hpp"

namespace dunlin {
namespace {

constexpr std::uint64_t agents = 5;

class any_history {
 public:
  any_history() : device_(config()) {}

  void step(std::uint32_t word) {
    now_ += std::array<duration, 5>{0ms, 1ms, 30ms, 200ms, 2s}[word % 5];
    const agent_id agent{1 + (word >> 3) % agents};
    const auto more = word >> 12;
    switch (word >> 8 & 15) {
      case 0:
      case 1:
      case 2:
        ask(agent, more);
        break;
      case 3:
        static_cast<void>(device_.release(agent, token_of(agent), now_, out_));
        break;
      case 4:
        device_.holder_lost(agent, now_, out_);
        break;
      case 5:
        share(more);
        break;
      case 6:
      case 7:
      case 8:
        bid(agent, more);
        break;
      case 9:
      case 10:
        answer(agent, more);
        break;
      case 11:
        device_.on_used(agent, token_of(agent), {more % 1'000, 0, 1, exactness::exact});
        break;
      default:
        tick();
    }
    look();
  }

  /// Nobody says anything any more: every talk and every lease comes to its end.
  void let_all_end() {
    for (int i = 0; i < 200; ++i) {
      const auto next = device_.next_deadline();
      if (!next) break;
      now_ = std::max(now_, *next);
      tick();
      look();
    }
    RC_ASSERT(!device_.next_deadline());
    RC_ASSERT(device_.leases().requests().empty());
  }

 private:
  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{1}, 4, 1'000};
    out.terms.ttl = 5s;
    out.terms.patience = 20s;
    out.terms.max_waiting = 8;
    return out;
  }

  void tick() {
    device_.tick(now_, out_);
    if (const auto next = device_.next_deadline()) RC_ASSERT(*next > now_);  // what is due is done
  }

  void ask(agent_id agent, std::uint32_t more) {
    share_request asked;
    asked.request = {1};
    asked.holder = agent;
    asked.priority = static_cast<std::uint8_t>(1 + more % 10);
    asked.wish.compute_milli = std::array<std::uint32_t, 4>{100, 250, 500, 1'000}[more >> 4 & 3];
    asked.in_steps = (more >> 6 & 1) != 0;
    static_cast<void>(device_.request(asked, now_, out_));
  }
  void share(std::uint32_t more) {
    constexpr std::array patterns{sharing_pattern::collaborative, sharing_pattern::exclusive,
                                  sharing_pattern::collaborative, sharing_pattern::space_partitioned};
    RC_ASSERT(device_.coordinate({.pattern = patterns[more & 3]}, now_, out_));
  }
  void bid(agent_id agent, std::uint32_t more) {
    const auto least = more % 1'200;  // some cannot be
    static_cast<void>(
        device_.on_bid({call_ - (more >> 11 & 1), agent, least, std::max(least, more % 1'001)}, now_, out_));
  }
  void answer(agent_id agent, std::uint32_t more) {
    static_cast<void>(device_.on_answer({call_, round_, agent, (more & 1) != 0, more % 1'100, more % 50}, now_, out_));
  }
  [[nodiscard]] fencing_token token_of(agent_id agent) const {
    for (const auto& one : device_.leases().contracts())
      if (one.holder == agent) return one.token;
    return 0;
  }

  void look() {
    RC_ASSERT(device_.leases().conservation(now_) == std::string{});
    for (const auto& message : out_.messages) std::visit([this](const auto& one) { see(one); }, message);
    out_.clear();
  }
  void see(const bids_called& e) {
    RC_ASSERT(device_.leases().pattern() == sharing_pattern::collaborative);
    RC_ASSERT(e.call.call > call_);
    RC_ASSERT(e.to.size() >= 2U);
    if (called_at_) RC_ASSERT(now_ - *called_at_ >= device_terms{}.talk_every);
    call_ = e.call.call;
    called_at_ = now_;
  }
  void see(const share_offered& e) {
    RC_ASSERT(e.offer.call == call_);
    round_ = e.offer.round;
  }
  void see(const bargain_settled& e) {
    RC_ASSERT(e.call == call_);
    std::uint64_t sum = 0;
    std::set<agent_id> seen;
    for (const auto& part : e.allotments) {
      sum += part.compute_milli;
      RC_ASSERT(seen.insert(part.holder).second);
    }
    RC_ASSERT(sum <= 1'000U);
  }

  device_sharing device_;
  device_effects out_;
  time_point now_{1'000s};
  std::uint64_t call_ = 0;
  std::uint32_t round_ = 0;
  std::optional<time_point> called_at_;
};

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories

RC_GTEST_PROP(DeviceSharingProperty, EveryTalkEndsAndNothingIsGrantedThatIsNotThere, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    any_history device;
    using history = std::vector<std::uint32_t>;
    const auto words = *rc::gen::resize(80, rc::gen::container<history>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
    for (const auto word : words) device.step(word);
    device.let_all_end();
  }
}

}  // namespace
}  // namespace dunlin
