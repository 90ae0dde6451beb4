// SPDX-License-Identifier: Apache-2.0
// Random histories against the promises at the top of arbiter.hpp: 3 properties × 100 cases × 40 histories.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tests/coordination/sharing/patterns/exclusive_support.hpp"

namespace dunlin {
namespace {

constexpr std::uint64_t agents = 5;

constexpr int histories_per_case = 40;

/// A history: a random number per step, from which everything about the step is read. Shrinks to shorter ones.
using history = std::vector<std::uint32_t>;

history random_history() {
  return *rc::gen::resize(100, rc::gen::container<history>(rc::gen::inRange<std::uint32_t>(0, 1U << 20)));
}

template <class T, std::size_t N>
T choose(std::uint32_t word, const std::array<T, N>& among) {
  return among[word % N];
}

arbiter_config random_config() {
  const auto word = *rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 1U << 20));
  auto out = shared_device::config();
  out.terms.ttl = choose<duration>(word, std::array<duration, 3>{1s, 5s, 10s});
  out.terms.grace = choose<duration>(word >> 3, std::array<duration, 3>{0s, 500ms, 2s});
  out.terms.max_hold = choose<duration>(word >> 6, std::array<duration, 2>{2s, 20s});
  out.terms.aging_step = choose<duration>(word >> 9, std::array<duration, 2>{100ms, 3s});
  out.terms.patience = choose<duration>(word >> 12, std::array<duration, 2>{2s, 100s});
  out.terms.max_waiting = 1 + (word >> 15) % 5;
  return out;
}

/// Follows the effects like a device and its agents would, and checks each one.
class witness {
 public:
  explicit witness(const arbiter_config& config)
      : config_(config), device_(config, std::make_unique<exclusive>(config.capacity)), highest_(config.last_token) {}

  void step(std::uint32_t word) {
    now_ += choose<duration>(word, std::array<duration, 5>{0ms, 1ms, 300ms, 1s, 4s});
    const auto agent = 1 + (word >> 3) % agents;
    flag_ = (word >> 7 & 1) != 0;
    out_.clear();
    switch (word >> 8 & 7) {
      case 0:
        return lose(agent);
      case 1:
        return release(agent);
      case 2:
        return renew(agent);
      case 3:
        return tick();
      case 4:
        return revoke(agent);
      default:
        return ask(agent, static_cast<std::uint8_t>(1 + (word >> 11) % 10));
    }
  }

  /// Lets time pass until nothing is left to do; nobody renews.
  void let_all_end() {
    for (int i = 0; i < 200; ++i) {
      const auto next = device_.next_deadline();
      if (!next) return;
      now_ = std::max(now_, *next);
      out_.clear();
      tick();
    }
    RC_FAIL("next_deadline never runs dry");
  }

  void check() const {
    const auto contracts = device_.contracts();
    RC_ASSERT(contracts.size() <= 1U);
    RC_ASSERT(contracts.empty() == (holder_ == 0));
    if (!contracts.empty()) RC_ASSERT(contracts.front().holder.value == holder_);
    RC_ASSERT(waiting_.size() <= config_.terms.max_waiting);
    if (holder_ == 0) RC_ASSERT(waiting_.empty());
  }

  [[nodiscard]] std::uint64_t holder() const noexcept { return holder_; }
  [[nodiscard]] time_point now() const noexcept { return now_; }
  [[nodiscard]] bool all_answered() const noexcept { return waiting_.empty(); }

  /// An agent that believes in its token uses the device, which refuses every token below its fence.
  void use(std::uint64_t agent) const {
    const auto at = tokens_.find(agent);
    if (at == tokens_.end() || at->second == 0) return;
    const bool admitted = at->second >= fence_;
    if (holder_ == agent) RC_ASSERT(admitted);
    if (at->second < highest_ || revoked_.contains(at->second)) RC_ASSERT(!admitted);
  }

 private:
  void tick() {
    device_.tick(now_, out_);
    absorb();
  }

  void ask(std::uint64_t agent, std::uint8_t priority) {
    if (waiting_.contains(agent)) tick();  // its patience may be over: then this is a new request
    out_.clear();
    const share_request wish{request_id{agent}, agent_id{agent}, {}, priority, flag_};
    if (device_.request(wish, now_, out_)) waiting_.emplace(agent, now_);
    absorb();
  }

  void release(std::uint64_t agent) {
    const auto token = flag_ ? 0 : tokens_[agent];
    const bool waits = waiting_.contains(agent);
    const auto done = device_.release(agent_id{agent}, token, now_, out_);
    if (token == 0) {
      RC_ASSERT(done.has_value() == waits);
      waiting_.erase(agent);
    } else {
      RC_ASSERT(done.has_value() == (holder_ == agent));
      if (done) holder_ = 0;
    }
    if (done) absorb();
  }

  void renew(std::uint64_t agent) {
    const auto renewed = device_.renew(agent_id{agent}, tokens_[agent], now_);
    if (renewed) {
      RC_ASSERT(holder_ == agent);
      RC_ASSERT(*renewed == now_ + config_.terms.ttl);
      deadline_ = *renewed;
    } else if (renewed.error().code == errc::fenced_off) {
      RC_ASSERT(tokens_[agent] < highest_);
    }
    use(agent);
  }

  void lose(std::uint64_t agent) {
    device_.holder_lost(agent_id{agent}, now_, out_);
    waiting_.erase(agent);
    absorb();
    RC_ASSERT(holder_ != agent);
  }

  void revoke(std::uint64_t agent) {
    const auto done = device_.revoke(agent_id{agent}, flag_ ? 0s : 1s, "a test", now_, out_);
    RC_ASSERT(done.has_value() == (holder_ == agent));
    if (done) absorb();
  }

  void absorb() {
    for (const auto& effect : out_) std::visit([this](const auto& e) { see(e); }, effect);
    RC_ASSERT(holder_ == 0 || now_ <= deadline_);
    for (const auto& [agent, since] : waiting_) RC_ASSERT(now_ - since < config_.terms.patience);
  }

  void see(const share_granted& e) {
    const auto& contract = e.contract;
    RC_ASSERT(holder_ == 0);
    RC_ASSERT(contract.token > highest_);
    RC_ASSERT(waiting_.erase(contract.holder.value) == 1U);
    highest_ = contract.token;
    holder_ = contract.holder.value;
    tokens_[holder_] = contract.token;
    deadline_ = contract.deadline;
    fence_ = std::max(fence_, contract.token);
  }
  void see(const share_recalled& e) {
    RC_ASSERT(e.holder.value == holder_);
    RC_ASSERT(e.until <= deadline_);
    deadline_ = e.until;
  }
  void see(const share_revoked& e) {
    RC_ASSERT(e.holder.value == holder_);
    RC_ASSERT(e.token == tokens_[holder_]);
    holder_ = 0;
    revoked_.insert(e.token);
    fence_ = std::max(fence_, e.token + 1);
  }
  void see(const share_changed&) { RC_FAIL("nothing is exchanged here"); }
  void see(const share_parked&) { RC_FAIL("nobody works in steps here"); }
  void see(const share_refused& e) {
    RC_ASSERT(e.why.code == errc::timeout);
    RC_ASSERT(waiting_.erase(e.holder.value) == 1U);
  }

  arbiter_config config_;
  arbiter device_;
  sharing_effects out_;
  fencing_token fence_ = 0;
  time_point now_ = shared_device::t0;
  time_point deadline_{};
  fencing_token highest_;
  std::uint64_t holder_ = 0;
  bool flag_ = false;
  std::set<fencing_token> revoked_;
  std::map<std::uint64_t, fencing_token> tokens_;
  std::map<std::uint64_t, time_point> waiting_;
};

RC_GTEST_PROP(ExclusiveProperty, NeverTwoHoldersAndTokensRise, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    witness some{random_config()};
    for (const auto word : random_history()) {
      some.step(word);
      some.check();
      for (std::uint64_t agent = 1; agent <= agents; ++agent) some.use(agent);
    }
  }
}

RC_GTEST_PROP(ExclusiveProperty, EveryHistoryRunsDryWithinBoundedTime, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    const auto config = random_config();
    witness some{config};
    for (const auto word : random_history()) some.step(word);
    const auto began = some.now();

    some.let_all_end();

    RC_ASSERT(some.all_answered());
    RC_ASSERT(some.holder() == 0U);
    // Dead holders: each is freed within its TTL, one after the other.
    RC_ASSERT(some.now() - began <= config.terms.ttl * (agents + 1));
  }
}

/// A request of low priority against a stream of later, higher ones; holders release after a while or die.
RC_GTEST_PROP(ExclusiveProperty, NoRequestWaitsBeyondTheStatedBound, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    auto config = random_config();
    config.terms.patience = 10'000s;
    config.terms.max_waiting = 1'000;
    shared_device some{config};
    some.ask(1, shared_device::t0, 10);
    const auto asked = shared_device::t0 + 1ms;
    const auto priority = *rc::gen::inRange<std::uint8_t>(1, 11);
    some.ask(2, asked, priority, false);
    // Whoever may be served before it has arrived by then; each keeps the device for max_hold + max(ttl, grace) at
    // most.
    const auto overtaking = config.terms.aging_step * (10 - priority);
    std::uint64_t overtakers = 1;
    auto now = asked;
    for (std::uint64_t agent = 3; some.holder() != 2; ++agent) {
      now += std::max(config.terms.aging_step / 2, config.terms.ttl / 5);
      overtakers += now <= asked + overtaking ? 1U : 0U;
      some.ask(agent, now, 10, false);
      const auto bound =
          (config.terms.max_hold + std::max(config.terms.ttl, config.terms.grace)) * static_cast<int>(overtakers);
      RC_ASSERT(now <= asked + overtaking + bound);
      if (some.holder() > 2) RC_ASSERT(some.device.contracts().front().holder.value <= 2 + overtakers);
    }
  }
}

}  // namespace
}  // namespace dunlin
