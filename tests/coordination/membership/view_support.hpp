// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/membership/view.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};
inline constexpr incarnation first_life{11};
inline constexpr incarnation second_life{22};

/// A view that is ticked on time, and what it said last.
struct watched_view {
  result<join_kind> join(std::string_view name, incarnation life, time_point now) {
    out.clear();
    return view.join(name, life, now, out);
  }
  result<void> heard(std::string_view name, incarnation life, time_point now) {
    out.clear();
    return view.heard(name, life, now, out);
  }

  /// Ticks every 250 ms from the last tick up to `until`; keeps all effects.
  void pass(time_point until) {
    out.clear();
    for (; next_tick <= until; next_tick += 250ms) view.tick(next_tick, out);
  }

  [[nodiscard]] node_state state(std::string_view name) const { return view.find(name)->state; }

  /// Returns the effects in short: `suspect a, down a`.
  [[nodiscard]] std::string said() const {
    std::string text;
    for (const auto& effect : out) text.append(text.empty() ? "" : ", ").append(std::visit(brief{}, effect));
    return text;
  }

  membership_view view;
  membership_effects out;
  time_point next_tick = t0;

 private:
  struct brief {
    std::string operator()(const node_suspect& e) const { return "suspect " + e.node; }
    std::string operator()(const node_back& e) const { return "back " + e.node; }
    std::string operator()(const node_down& e) const { return "down " + e.node; }
    std::string operator()(const node_left& e) const { return "left " + e.node; }
  };
};

}  // namespace dunlin
