// SPDX-License-Identifier: Apache-2.0
// Random work for a node whose tasks reserve their shares: what is reserved is claimed once and not before its time,
// and nothing stays reserved for a task that has left.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

/// A node with three agents and a device that answers as the words say. It keeps what the node has it keep.
class reserving_node {
 public:
  reserving_node() : agents_(t_.agents(3)) {}

  void step(std::uint32_t word) {
    const auto more = word >> 4;
    switch (word & 15) {
      case 0:
      case 1:
      case 2:
        return grant(more, true);
      case 3:
        return grant(more, false);
      case 4:
      case 5:
      case 6:
        return answer((more & 7) != 0);
      case 7:
      case 8:
        return lease();
      case 9:
      case 10:
        return finish(more);
      case 11:
        t_.cancel(task(1 + more % (granted_ + 1)));
        break;
      case 12:
        return lose(more);
      case 13:
        return replace(more);
      default:
        t_.pass(milliseconds{more % 4'000});
    }
    look();
  }

  /// The device answers, and every task comes to its end.
  void let_all_end() {
    for (int i = 0; i < 200 && !t_.dispatch.held().empty(); ++i) {
      answer(true);
      t_.pass(1s);
      look();
      lease();
      finish(0);
    }
  }

  [[nodiscard]] bool is_idle() const { return t_.dispatch.held().empty(); }
  [[nodiscard]] bool keeps_nothing() const { return waiting_.empty() && claimed_.empty(); }

 private:
  void grant(std::uint32_t word, bool reserves) {
    auto spec = work().with([](task_spec& s) { s.shape.sharing = sharing_pattern::exclusive; });
    grant_batch batch{{static_cast<task_spec>(spec).shape}, {}};
    auto& one = batch.grants.emplace_back();
    one.id = task(++granted_).id;
    one.epoch = 1;
    if (reserves) one.reserved = {{milliseconds{word % 8'000}, milliseconds{1'000 + word % 5'000}}};
    batch.shapes[0].reserved = one.reserved;
    t_.grant(std::move(batch));
    look();
  }

  /// To the oldest question.
  void answer(bool yes) {
    if (asked_.empty()) return;
    const auto stand_in = *asked_.begin();
    asked_.erase(asked_.begin());
    if (!yes) waiting_.erase(stand_in.value);
    t_.step([&](auto& me, auto&) {
      yes ? me.on_reserved(stand_in) : me.on_reservation_refused(stand_in, error{errc::conflict, "no room"});
    });
    look();
  }

  void lease() {
    for (const auto& ask : std::exchange(t_.asked, {})) t_.lease(ask.agent, ++leases_, ask.device);
    look();
  }
  void lose(std::uint32_t word) {
    t_.lose_lease(agents_[word % agents_.size()], errc::fenced_off, {}, {leases_});
    look();
  }
  void finish(std::uint32_t word) {
    for (auto& one : t_.starts()) running_.push_back(std::move(one));
    if (running_.empty()) return;
    const auto at = running_.begin() + static_cast<std::ptrdiff_t>(word % running_.size());
    const auto ended = std::move(*at);
    running_.erase(at);
    t_.finish(ended);
    look();
  }

  /// An agent dies, with what it has reserved, and another one comes.
  void replace(std::uint32_t word) {
    auto& agent = agents_[word % agents_.size()];
    t_.die(agent);
    look();
    agent = t_.agent();
    look();
  }

  void look() {
    for (const auto& one : std::exchange(t_.reserved, {})) {
      RC_ASSERT(waiting_.emplace(one.ask.agent.value, one.from).second);
      asked_.insert(one.ask.agent);
    }
    // A claim of a lease's next task comes after the end of the last one's.
    for (const auto& one : std::exchange(t_.unreserved, {}))
      RC_ASSERT(waiting_.erase(one.agent.value) + claimed_.erase(one.agent.value) == 1U);
    for (const auto& one : std::exchange(t_.claimed, {})) {
      const auto known = waiting_.find(one.stand_in.value);
      RC_ASSERT(known != waiting_.end());
      RC_ASSERT(known->second <= t_.now);
      RC_ASSERT(!asked_.contains(one.stand_in));
      waiting_.erase(known);
      RC_ASSERT(claimed_.insert(one.agent.value).second);
    }
  }

  node_story t_{node_dispatch_config{}};
  std::vector<agent_id> agents_;
  std::uint64_t granted_ = 0;
  std::uint64_t leases_ = 0;
  std::map<std::uint64_t, time_point> waiting_;  ///< stand-ins, and from when on they may be claimed
  std::set<agent_id> asked_;                     ///< whose questions the device has not answered
  std::set<std::uint64_t> claimed_;              ///< agents that have something reserved
  std::vector<start_task> running_;
};

RC_GTEST_PROP(NodeReservations, AreClaimedOnceInTimeAndEndWithTheirTasks, (const std::vector<std::uint32_t>& words)) {
  reserving_node some;
  for (const auto word : words) some.step(word);
  some.let_all_end();
  RC_ASSERT(some.is_idle());
  RC_ASSERT(some.keeps_nothing());
}

}  // namespace
}  // namespace dunlin
