// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/collective/collective_swarm.hpp"

#include <gtest/gtest.h>

namespace dunlin::testing {

namespace {

constexpr time_point t0{1'000s};

std::vector<agent_id> ids(std::size_t members) {
  std::vector<agent_id> out;
  for (std::uint64_t i = 1; i <= members; ++i) out.push_back({i});
  return out;
}

}  // namespace

collective_swarm::collective_swarm(const collective_call& call, std::vector<numbers> inputs,
                                   std::uint64_t lane_elements, std::uint64_t seed)
    : group_(collective_group::make(call, ids(inputs.size()), {10s, 1}).value()),
      lane_elements_(lane_elements),
      random_(seed) {
  for (auto& input : inputs) {
    members_.emplace_back();
    members_.back().input = std::move(input);
  }
}

bool collective_swarm::run() {
  std::vector<group_action> first;
  group_.start(t0, first);
  perform(first);
  for (;; ++steps_) {
    if (const auto due = deaths_.find(steps_); due != deaths_.end())
      for (const auto member : due->second) bury(member);
    std::erase_if(links_, [](const auto& link) { return link.second.empty(); });
    if (words_.empty() && links_.empty()) break;
    deliver_one();
  }
  return group_.is_over();
}

/// A message or a word, drawn; of one link in order.
void collective_swarm::deliver_one() {
  const auto which = random_() % (links_.size() + (words_.empty() ? 0 : 1));
  if (which == links_.size()) {
    const auto word = std::move(words_.front());
    words_.pop_front();
    return word();
  }
  auto& link = std::next(links_.begin(), static_cast<std::ptrdiff_t>(which))->second;
  auto& to = members_[link.front().to];
  // What is of an epoch that the member has not begun stays in its link.
  if (!to.is_dead && !outcomes_.contains(link.front().to) && (!to.work || link.front().name.epoch > to.work->epoch()))
    return;
  const auto came = std::move(link.front());
  link.pop_front();
  if (to.is_dead || outcomes_.contains(came.to)) return;
  std::vector<member_action> out;
  if (const auto taken = to.work->on_chunk(came.name, came.content.size(), out); !taken) {
    EXPECT_EQ(taken.error().code, errc::fenced_off) << to_string(taken.error());
    ++fenced_;
    return;
  }
  perform(came.to, out, &came);
}

void collective_swarm::bury(std::size_t member) {
  auto& dead = members_[member];
  if (dead.is_dead || outcomes_.contains(member)) return;
  dead.is_dead = true;
  words_.push_back([this, member] {
    std::vector<group_action> out;
    group_.on_lost({member + 1}, out);
    perform(out);
  });
}

void collective_swarm::perform(const std::vector<group_action>& actions) {
  for (const auto& action : actions) {
    if (action.what == group_action::kind::deliver) {
      counted_.clear();
      // Those that were of the epoch when it was complete.
      for (std::size_t i = 0; i < members_.size(); ++i)
        if (members_[i].work && members_[i].work->epoch() == action.epoch) counted_.push_back(i);
    }
    for (const auto id : action.members) {
      const auto member = static_cast<std::size_t>(id.value - 1);
      words_.push_back([this, member, action] {
        auto& to = members_[member];
        if (to.is_dead) return;
        if (action.what == group_action::kind::begin) return begin(member, action);
        outcomes_[member] = {to.buffer, action.why};
      });
    }
  }
}

void collective_swarm::begin(std::size_t member, const group_action& order) {
  auto& to = members_[member];
  if (to.work && to.work->epoch() >= order.epoch) return;
  to.buffer = to.input;
  to.held.clear();
  to.members.clear();
  std::uint32_t rank = 0;
  for (const auto id : order.members) {
    if (id.value == member + 1) rank = static_cast<std::uint32_t>(to.members.size());
    to.members.push_back(static_cast<std::size_t>(id.value - 1));
  }
  to.work.emplace(group_.call(), order.epoch, static_cast<std::uint32_t>(order.members.size()), rank, lane_elements_);
  std::vector<member_action> out;
  to.work->start(out);
  perform(member, out, nullptr);
}

void collective_swarm::perform(std::size_t member, const std::vector<member_action>& actions, const message* came) {
  auto& me = members_[member];
  for (const auto& action : actions) {
    const auto from = static_cast<std::ptrdiff_t>(action.range.from);
    const auto to = static_cast<std::ptrdiff_t>(action.range.end());
    switch (action.what) {
      case member_action::kind::send: {
        const auto peer = me.members[action.peer];
        links_[{member, peer}].push_back({peer, action.name, {me.buffer.begin() + from, me.buffer.begin() + to}});
        break;
      }
      case member_action::kind::hold:
        me.held[action.name] = came->content;
        break;
      case member_action::kind::combine:
      case member_action::kind::overwrite:
        if (const auto held = me.held.find(action.name); held != me.held.end()) {
          apply(me, action, held->second);
          me.held.erase(held);
        } else {
          apply(me, action, came->content);
        }
        break;
      case member_action::kind::complete:
        words_.push_back([this, member, epoch = me.work->epoch()] {
          if (members_[member].is_dead) return;
          std::vector<group_action> out;
          group_.on_complete({member + 1}, epoch, out);
          perform(out);
        });
        break;
    }
  }
}

void collective_swarm::apply(one_member& to, const member_action& action, const numbers& content) {
  for (std::uint64_t i = 0; i < action.range.count; ++i) {
    auto& into = to.buffer[action.range.from + i];
    into = action.what == member_action::kind::combine ? into + content[i] : content[i];
  }
}

}  // namespace dunlin::testing
