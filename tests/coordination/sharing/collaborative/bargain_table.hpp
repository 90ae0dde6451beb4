// SPDX-License-Identifier: Apache-2.0
// A negotiation in virtual time: parties with their bidders sit around a table, messages take a while, and what was
// said is kept.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "coordination/sharing/collaborative/bidder.hpp"
#include "coordination/sharing/collaborative/negotiation.hpp"

namespace dunlin::test {

/// A bidder that says what a test wants it to say.
class scripted_bidder final : public bidder {
 public:
  explicit scripted_bidder(agent_id agent) : agent_(agent) {}

  scripted_bidder& wants(std::uint32_t least, std::uint32_t most, std::vector<std::uint32_t> values = {}) {
    bid_.least_milli = least;
    bid_.most_milli = most;
    bid_.values = std::move(values);
    return *this;
  }
  scripted_bidder& for_so_long(duration time) { return bid_.needed_for = time, *this; }

  /// Counters every offer of something else.
  scripted_bidder& counters(std::uint32_t milli, std::uint32_t value = 0) {
    counter_ = {milli, value};
    return *this;
  }

  share_bid bid(const call_for_bids& call, time_point) override {
    bid_.call = call.call;
    bid_.bidder = agent_;
    return bid_;
  }

  share_answer answer(const share_offer& offer, time_point) override {
    heard.push_back(offer);
    share_answer out{offer.call, offer.round, agent_};
    if (counter_ && counter_->first != offer.compute_milli) {
      out.accept = false;
      std::tie(out.compute_milli, out.value) = *counter_;
    }
    return out;
  }

  std::vector<share_offer> heard;

 private:
  agent_id agent_;
  share_bid bid_;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> counter_;
};

inline device_capacity one_device() { return {device_id{1}, 4, 1'000}; }

class bargain_table {
 public:
  explicit bargain_table(const bargain_terms& terms = {}, const device_capacity& capacity = one_device())
      : bargain_(capacity, terms) {}

  /// Younger than those that sit there; its contract asks for the whole device.
  party& seat(agent_id agent, bidder* with) {
    bidders_[agent] = with;
    return seats_.emplace_back(party{agent, {}});
  }

  /// A new one sits down.
  scripted_bidder& seat(agent_id agent) {
    auto& made = scripts_.emplace_back(std::make_unique<scripted_bidder>(agent));
    seat(agent, made.get());
    return *made;
  }

  /// One that never says anything.
  party& seat_silent(agent_id agent) { return seat(agent, nullptr); }
  party& party_of(agent_id agent) {
    return *std::find_if(seats_.begin(), seats_.end(), [=](const party& one) { return one.agent == agent; });
  }

  scripted_bidder& script_of(agent_id agent) { return dynamic_cast<scripted_bidder&>(*bidders_.at(agent)); }

  /// Lets them bargain to the end.
  const bargain_settled& settle() {
    settled_.reset();
    EXPECT_TRUE(bargain_.open(seats_, now_, out_));
    while (!settled_) step();
    return *settled_;
  }

  [[nodiscard]] std::uint32_t milli_of(agent_id agent) const {
    for (const auto& one : settled_->allotments)
      if (one.holder == agent) return one.compute_milli;
    return 0;
  }

  void open() { EXPECT_TRUE(bargain_.open(seats_, now_, out_)); }
  void wait(duration time) { now_ += time; }
  void wait_until(time_point at) { now_ = at; }
  [[nodiscard]] time_point now() const noexcept { return now_; }
  negotiation& bargain() noexcept { return bargain_; }
  bargain_effects& said() noexcept { return out_; }

  static constexpr duration message_takes = 1ms;

 private:
  using message = std::function<result<void>()>;

  /// What was sent arrives, or nobody is waited for any longer.
  void step() {
    for (const auto& effect : std::exchange(out_, {})) std::visit([this](const auto& e) { see(e); }, effect);
    if (settled_) return;
    const auto due = *bargain_.next_deadline();
    if (in_flight_.empty() || in_flight_.begin()->first >= due) {
      now_ = due;
      return bargain_.tick(now_, out_);
    }
    auto arrived = in_flight_.extract(in_flight_.begin());
    now_ = arrived.key();
    const auto taken = arrived.mapped()();
    EXPECT_TRUE(taken) << to_string(taken.error());
  }

  void see(const bids_called& e) {
    for (const auto agent : e.to)
      if (auto* who = bidders_.at(agent))
        send([this, who, call = e.call] { return bargain_.on_bid(who->bid(call, now_), now_, out_); });
  }
  void see(const share_offered& e) {
    if (auto* who = bidders_.at(e.offer.to))
      send([this, who, offer = e.offer] { return bargain_.on_answer(who->answer(offer, now_), now_, out_); });
  }
  void see(const bargain_settled& e) { settled_ = e; }
  void send(message what) { in_flight_.emplace(now_ + message_takes, std::move(what)); }

  negotiation bargain_;
  time_point now_{1'000s};
  bargain_effects out_;
  std::vector<party> seats_;
  std::map<agent_id, bidder*> bidders_;
  std::vector<std::unique_ptr<scripted_bidder>> scripts_;
  std::multimap<time_point, message> in_flight_;
  std::optional<bargain_settled> settled_;
};

}  // namespace dunlin::test
