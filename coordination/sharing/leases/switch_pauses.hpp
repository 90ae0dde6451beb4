// SPDX-License-Identifier: Apache-2.0
// How long holders stand still because their contracts changed: from the change, or from the end of the step that runs
// then, until their lane begins its first step. Waiting for a turn after that is no pause, it is the pattern.
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// Thread: the owner's.
class switch_pauses {
 public:
  /// A new contract took the place of the holder's old one.
  void on_changed(agent_id holder, std::uint32_t lane, time_point now) {
    forget(holder);
    pending_.push_back({holder, lane, now});
  }

  /// The holder has a step to run from now on.
  void on_ready(agent_id holder, time_point now) noexcept {
    for (auto& one : pending_)
      if (one.holder == holder) one.since = now;
  }

  /// A step began in this lane. Calls `tell(holder, pause)` for each that stood still until now; `waits(holder)` says
  /// who does.
  template <class Waits, class Tell>
  void on_begun(agent_id holder, std::uint32_t lane, time_point now, Waits waits, Tell tell) {
    std::erase_if(pending_, [&](const pending& one) {
      if (one.lane != lane) return false;
      if (one.holder == holder || waits(one.holder)) tell(one.holder, now - one.since);
      return true;
    });
  }

  void forget(agent_id holder) {
    std::erase_if(pending_, [=](const pending& one) { return one.holder == holder; });
  }
  [[nodiscard]] bool empty() const noexcept { return pending_.empty(); }

 private:
  struct pending {
    agent_id holder;
    std::uint32_t lane = 0;
    time_point since;
  };

  std::vector<pending> pending_;
};

}  // namespace dunlin
