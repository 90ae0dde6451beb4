// SPDX-License-Identifier: Apache-2.0
// The device of the random histories: small, so that it is soon full, and with times that are soon over.
#pragma once

#include <array>
#include <memory>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "coordination/sharing/pipeline/pipeline.hpp"

namespace dunlin {

inline arbiter_config small_device() {
  arbiter_config out;
  out.capacity = {device_id{1}, 8, 1'000};
  out.last_token = 41;
  out.terms.ttl = 5s;
  out.terms.grace = 1s;
  out.terms.max_hold = 20s;
  out.terms.aging_step = 3s;
  out.terms.patience = 100s;
  out.terms.max_waiting = 6;
  return out;
}

inline std::unique_ptr<share_rule> rule_of(sharing_pattern pattern, const device_capacity& capacity) {
  if (pattern == sharing_pattern::time_sliced) return time_sliced::make(capacity, {10ms, 3}).value();
  if (pattern == sharing_pattern::space_partitioned) return space_partitioned::make(capacity, {2}).value();
  if (pattern == sharing_pattern::pipeline) return pipeline::make(capacity, {10ms, 4}).value();
  if (pattern == sharing_pattern::collaborative) return collaborative::make(capacity, {10ms, 4}).value();
  return std::make_unique<exclusive>(capacity);
}

inline constexpr std::array<sharing_pattern, 5> patterns{sharing_pattern::exclusive, sharing_pattern::time_sliced,
                                                         sharing_pattern::space_partitioned, sharing_pattern::pipeline,
                                                         sharing_pattern::collaborative};

}  // namespace dunlin
