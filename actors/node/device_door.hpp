// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/ports.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

/// A device as its coordinator keeps it: whoever has a share is let in, whoever lost it is kept out, at the gate where
/// there is one. Thread: the coordinator's.
class device_door {
 public:
  explicit device_door(device_port& device) noexcept : device_(device), gate_(device.gate()) {}

  /// Stages and turns are as the options say from now on; `units`: how many the device has.
  /// Errors: not_supported (the device has no gate), conflict (agents serve other stages), those of `stage_graph`.
  result<void> set(const share_options& options, std::uint32_t units);

  /// The device goes by it before anybody hears of it.
  void apply(const sharing_effects& decided);

  /// Takes no step of that token or an older one any more.
  void shut(agent_id holder, fencing_token token) { device_.fence(holder.value, token + 1); }

  /// The holder has given its share back.
  void forget(agent_id holder);

  /// Returns what the holder used since the last call; all zeros where nobody counts.
  share_use take_use(agent_id holder);

 private:
  result<void> set_stages(const share_options& options, std::uint32_t units);

  device_port& device_;
  share_gate* gate_;  ///< null = it knows no turns
};

}  // namespace dunlin
