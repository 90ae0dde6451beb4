// SPDX-License-Identifier: Apache-2.0
// What a shared device does with contracts, of every kind of device, for one thread: a step that may not begin now is
// not waited for.
#pragma once

#include <memory>

#include "coordination/result.hpp"
#include "coordination/sharing/arbiter.hpp"

namespace dunlin::testing {

class device_side {
 public:
  virtual ~device_side() = default;

  /// What the arbiter decided is in force.
  virtual void apply(const sharing_effects& decided) = 0;

  /// The holder has given its share back, or was given up with its step.
  virtual void remove(agent_id holder) = 0;

  /// Begins a step under this lease. Returns the contract by which it runs. Errors: cancelled (it is not its turn),
  /// and whatever the device says to those whose lease is not in force.
  virtual result<share_contract> begin(agent_id holder, lease_id lease, fencing_token token) = 0;

  /// Ends the step that runs.
  virtual void end(agent_id holder) = 0;

  /// Ends the step that runs and begins the next. As `begin`; after an error no step runs.
  virtual result<share_contract> next(agent_id holder) = 0;
};

/// The gate of a processor.
std::unique_ptr<device_side> make_cpu_side(std::uint32_t units);

/// A device without threads, where time stands still.
std::unique_ptr<device_side> make_fake_side(std::uint32_t units);

}  // namespace dunlin::testing
