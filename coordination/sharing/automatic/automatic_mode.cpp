// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/automatic_mode.hpp"

namespace dunlin {

result<automatic_mode> automatic_mode::make(const device_capacity& capacity, chooser_terms terms) {
  auto chooser = pattern_chooser::make(std::move(terms));
  if (!chooser) return fail(std::move(chooser.error()));
  return automatic_mode{capacity, std::move(*chooser)};
}

/// A pooled holder's step has one unit, whatever else is free.
void automatic_mode::on_used(agent_id agent, const share_grant& granted, const share_use& more) {
  if (more.launches == 0 || more.busy_is == exactness::unmeasured) return;
  const auto busy = duration{static_cast<duration::rep>(more.busy_ns / more.launches)};
  meter_.on_steps(agent, more.launches, busy, granted.pooled ? 1 : granted.compute_units);
}

std::optional<share_options> automatic_mode::go_on(time_point now) {
  if (now < chooser_.next_step()) return std::nullopt;
  if (!chooser_.is_looking()) chooser_.begin_look(meter_.at(now), now);
  return chooser_.go_on(now);
}

}  // namespace dunlin
