// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <set>

#include "coordination/membership/view.hpp"

namespace dunlin {
namespace {

constexpr int histories_per_case = 20;

/// Checks that effects tell a consistent story: per life at most one end, suspect and back in turn.
class chronicle {
 public:
  void joined(const std::string& node, incarnation life, join_kind kind) {
    if (kind == join_kind::rejoined) {
      RC_ASSERT(current_.contains(node));
      RC_ASSERT(current_[node] == life);
      return;
    }
    RC_ASSERT(!current_.contains(node));
    current_[node] = life;
  }
  void see(const node_suspect& e) {
    RC_ASSERT(current_[e.node] == e.life);
    RC_ASSERT(suspects_.insert(e.node).second);
  }
  void see(const node_back& e) {
    RC_ASSERT(current_[e.node] == e.life);
    RC_ASSERT(suspects_.erase(e.node) == 1U);
  }
  void see(const node_down& e) { end(e.node, e.life); }
  void see(const node_left& e) { end(e.node, e.life); }

  void agrees_with(const membership_view& view) const {
    std::size_t members = 0;
    for (const auto& who : view.list()) {
      if (!who.is_member()) continue;
      ++members;
      RC_ASSERT(current_.contains(who.name));
      RC_ASSERT(current_.at(who.name) == who.life);
      RC_ASSERT(suspects_.contains(who.name) == (who.state == node_state::suspect));
    }
    RC_ASSERT(members == current_.size());
  }

 private:
  void end(const std::string& node, incarnation life) {
    RC_ASSERT(current_[node] == life);
    current_.erase(node);
    suspects_.erase(node);
  }
  std::map<std::string, incarnation> current_;
  std::set<std::string> suspects_;
};

void tell(const membership_effects& out, chronicle& story) {
  for (const auto& effect : out) std::visit([&](const auto& e) { story.see(e); }, effect);
}

/// One random thing happens to one of three names, each with one of three lives.
void step(membership_view& view, std::uint32_t word, time_point now, chronicle& story) {
  const auto name = std::string{"n"} + std::to_string(word % 3);
  const incarnation life{1 + (word >> 3) % 3};
  membership_effects out;
  std::optional<join_kind> joined;
  switch (word >> 6 & 7) {
    case 0:
      view.connection_lost(name, life);
      break;
    case 1:
      view.redial_failed(name, life, "refused", out);
      break;
    case 2:
      view.leaving(name, life, "bye", out);
      break;
    case 3:
      (void)view.heard(name, life, now, out);
      break;
    case 4:
    case 5:
      if (const auto kind = view.join(name, life, now, out)) joined = *kind;
      break;
    default:
      view.tick(now, out);
  }
  tell(out, story);
  if (joined) story.joined(name, life, *joined);
  story.agrees_with(view);
}

RC_GTEST_PROP(MembershipViewProperty, EveryLifeEndsAtMostOnceAndTheListAgrees, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    membership_view view;
    chronicle story;
    time_point now{1'000s};
    const auto words = *rc::gen::resize(
        100, rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 1U << 20)));
    for (const auto word : words) {
      now += std::array<duration, 4>{1ms, 250ms, 700ms, 1500ms}[word >> 9 & 3];
      step(view, word, now, story);
    }
  }
}

RC_GTEST_PROP(MembershipViewProperty, WhoBeatsInTimeIsNeverSuspectedByAPunctualOwner, ()) {
  membership_view view;
  membership_effects out;
  time_point now{1'000s};
  RC_ASSERT(view.join("a", incarnation{1}, now, out).has_value());
  auto last_beat = now;
  for (int i = 0; i < 200; ++i, now += 250ms) {
    const bool beats = *rc::gen::arbitrary<bool>() || now - last_beat >= 500ms;
    if (beats) {
      RC_ASSERT(view.heard("a", incarnation{1}, now, out).has_value());
      last_beat = now;
    }
    view.tick(now, out);
  }
  RC_ASSERT(out.empty());
}

}  // namespace
}  // namespace dunlin
