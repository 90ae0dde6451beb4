// SPDX-License-Identifier: Apache-2.0
// A device in automatic mode: what its agents do is metered, and from time to time the pattern is chosen that serves
// such agents best. Whoever hosts it tells it what happens and puts its choice into force.
#pragma once

#include "coordination/sharing/automatic/demand_meter.hpp"
#include "coordination/sharing/automatic/pattern_chooser.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT automatic_mode {
 public:
  /// Errors: as `pattern_chooser::make`.
  static result<automatic_mode> make(const device_capacity& capacity, chooser_terms terms);

  void on_asked(const share_request& asked, time_point now) { meter_.on_asked(asked, now); }
  void on_left(agent_id agent, time_point now) { meter_.on_left(agent, now); }

  /// The agent's steps used so much under this grant.
  void on_used(agent_id agent, const share_grant& granted, const share_use& more);

  /// Goes on with a look at the demand if it is time to. Returns how the device is to be shared from now on; none = as
  /// it is.
  std::optional<share_options> go_on(time_point now);

  /// What `go_on` chose cannot be put into force: this one stays.
  void stay_with(sharing_pattern in_force) noexcept { chooser_.stay_with(in_force); }

  /// When `go_on` has something to do next, if anybody wants the device.
  [[nodiscard]] time_point next_step() const noexcept { return chooser_.next_step(); }
  [[nodiscard]] sharing_pattern pattern() const noexcept { return chooser_.pattern(); }
  [[nodiscard]] choice_view explain(time_point now) const { return chooser_.explain(now); }

 private:
  automatic_mode(const device_capacity& capacity, pattern_chooser chooser)
      : meter_(capacity), chooser_(std::move(chooser)) {}

  demand_meter meter_;
  pattern_chooser chooser_;
};

}  // namespace dunlin
