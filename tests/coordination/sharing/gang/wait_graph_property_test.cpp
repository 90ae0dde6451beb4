// SPDX-License-Identifier: Apache-2.0
// Random histories against the plain meaning of the graph: no circle, everybody goes by the highest priority of those
// that reach it, and every change of that was said.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "coordination/sharing/gang/wait_graph.hpp"

namespace dunlin {
namespace {

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories
constexpr std::uint64_t agents = 6;
constexpr std::uint64_t targets = 5;

wait_target target_of(std::uint64_t number) {
  return number < 3 ? wait_target::of(device_id{number}) : wait_target::of("lock:" + std::to_string(number));
}

/// The same edges, kept without any thought of speed.
class plain_waits {
 public:
  void step(std::uint32_t word) {
    const agent_id agent{1 + word % agents};
    const auto what = target_of((word >> 3) % targets);
    const auto priority = static_cast<std::uint8_t>(1 + (word >> 6) % 10);
    wait_effects out;
    switch ((word >> 10) % 6) {
      case 0:
      case 1:
        note(agent, priority, what, waits_, graph_.on_waits(agent, priority, what, out));
        break;
      case 2:
      case 3:
        if (note(agent, priority, what, holds_, graph_.on_holds(agent, priority, what, out)))
          waits_.erase({agent, what});
        break;
      case 4:
        graph_.on_released(agent, what, out);
        forget([&](const edge& each) { return each == edge{agent, what}; });
        break;
      default:
        graph_.on_gone(agent, out);
        forget([&](const edge& each) { return each.first == agent; });
    }
    hear(out);
    check();
  }

 private:
  using edge = std::pair<agent_id, wait_target>;

  bool note(agent_id agent, std::uint8_t priority, const wait_target& what, std::set<edge>& into,
            const result<void>& done) {
    if (!done) return false;
    own_[agent] = priority;
    into.insert({agent, what});
    return true;
  }

  template <class Which>
  void forget(Which which) {
    std::erase_if(waits_, which);
    std::erase_if(holds_, which);
    std::erase_if(said_,
                  [&](const auto& each) { return !holds_.contains(each.first) && !waits_.contains(each.first); });
  }

  void hear(const wait_effects& out) {
    for (const auto& each : out) {
      const edge place{each.agent, each.at};
      RC_ASSERT(holds_.contains(place) || waits_.contains(place));
      said_[place] = each.priority;
    }
  }

  /// Returns who waits for `agent`, directly or through others.
  [[nodiscard]] std::set<agent_id> reach(agent_id agent) const {
    std::set<agent_id> found;
    std::vector<agent_id> open{agent};
    while (!open.empty()) {
      const auto one = open.back();
      open.pop_back();
      for (const auto& [holder, what] : holds_)
        if (holder == one)
          for (const auto& [waiting, wanted] : waits_)
            if (wanted == what && found.insert(waiting).second) open.push_back(waiting);
    }
    return found;
  }

  [[nodiscard]] bool is_here(agent_id agent) const {
    const auto own = [&](const edge& each) { return each.first == agent; };
    return std::ranges::any_of(waits_, own) || std::ranges::any_of(holds_, own);
  }

  void check() const {
    for (std::uint64_t number = 1; number <= agents; ++number) {
      const agent_id agent{number};
      const auto waiting = reach(agent);
      RC_ASSERT(!waiting.contains(agent));  // a circle
      std::uint8_t highest = is_here(agent) ? own_.at(agent) : std::uint8_t{0};
      const auto own = highest;
      for (const auto each : waiting) highest = std::max(highest, own_.at(each));
      RC_ASSERT(graph_.priority_of(agent) == highest);
      check_said(agent, highest > own ? highest : std::uint8_t{0});
    }
  }

  /// Wherever it holds or waits, the last word is what it is lent now.
  void check_said(agent_id agent, std::uint8_t loan) const {
    for (const auto* edges : {&holds_, &waits_})
      for (const auto& place : *edges) {
        if (place.first != agent) continue;
        const auto word = said_.find(place);
        RC_ASSERT((word == said_.end() ? std::uint8_t{0} : word->second) == loan);
      }
  }

  wait_graph graph_;
  std::set<edge> waits_;
  std::set<edge> holds_;
  std::map<agent_id, std::uint8_t> own_;
  std::map<edge, std::uint8_t> said_;
};

RC_GTEST_PROP(WaitGraphProperty, LendsWhatIsReachedAndNeverClosesACircle, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    plain_waits t;
    const auto words = *rc::gen::resize(
        60, rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
    for (const auto word : words) t.step(word);
  }
}

/// Whoever asks in one order never meets a circle.
RC_GTEST_PROP(WaitGraphProperty, RequestsInOrderAreNeverRefused, ()) {
  wait_graph graph;
  wait_effects out;
  std::map<agent_id, std::uint64_t> last;  // the highest that it holds, counted from 1
  std::map<std::uint64_t, agent_id> holder;
  const auto steps = *rc::gen::inRange(1, 80);
  for (int i = 0; i < steps; ++i) {
    const agent_id agent{*rc::gen::inRange<std::uint64_t>(1, agents + 1)};
    const auto next = last[agent] + 1;
    const auto what = target_of(next);
    if (next > targets || *rc::gen::inRange(0, 4) == 0) {
      graph.on_gone(agent, out);
      last.erase(agent);
      std::erase_if(holder, [&](const auto& each) { return each.second == agent; });
    } else if (!holder.contains(next)) {
      RC_ASSERT(graph.on_holds(agent, 5, what, out).has_value());
      last[agent] = next;
      holder[next] = agent;
    } else {
      const auto waits = graph.on_waits(agent, 5, what, out);
      RC_ASSERT(waits.has_value() || waits.error().context.find("already") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace dunlin
