// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// Begins, ends and measures the steps of holders where they are not the processor time of a thread. Thread: the
/// holder's; no two calls of one holder at once.
class DUNLIN_EXPORT step_meter {
 public:
  virtual ~step_meter() = default;

  /// A step begins on this thread, under this contract, on these units of the device; none = all of them.
  /// Errors: those of the device. The step does not begin then.
  virtual result<void> begin(const share_contract& contract, const std::vector<std::uint32_t>& units) = 0;

  /// The step that this thread ran ends: the device may still work on it. Returns the busy time, in nanoseconds, of
  /// what the device has done since it was asked last, of this step or of earlier ones.
  virtual std::uint64_t end(agent_id holder) = 0;

  /// The holder leaves: waits for what the device still does for it, and returns the time of that.
  virtual std::uint64_t leave(agent_id holder) = 0;
};

}  // namespace dunlin
