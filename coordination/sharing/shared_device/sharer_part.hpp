// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/sharing/contract/contract_view.hpp"
#include "coordination/sharing/shared_device/shared_messages.hpp"

namespace dunlin {

/// Returns what one sharer has of a device of `units`, out of what its home sees: its agents by their own numbers, and
/// figures of them alone. Texts name agents with their nodes; `shared_with` has those of other nodes as `far_agent`.
DUNLIN_EXPORT sharing_view part_of(const sharing_view& whole, sharer_id sharer, std::uint32_t units,
                                   const device_appointment& sharers);

}  // namespace dunlin
