// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "coordination/sharing/contract/choice_view.hpp"

namespace dunlin {

/// Where an agent stands at a device.
enum class contract_state : std::uint8_t {
  holding,
  recalled,  ///< holds it still, and has to give it back
  parked,    ///< stands between two steps and waits for its next contract
  waiting,   ///< has none yet
  reserved,  ///< has none yet, and one is kept free for it, now or later
};
constexpr contract_state enum_last(contract_state) noexcept { return contract_state::reserved; }

/// True if it stands for a share that somebody has.
constexpr bool has_share(contract_state state) noexcept { return state < contract_state::waiting; }
DUNLIN_EXPORT std::string_view to_string(contract_state state) noexcept;

/// A contract as observers see it, a wait for one, or a reservation. Times are spans: clocks of two nodes are not to be
/// compared.
struct contract_view {
  lease_id id;     ///< 0 = waits for its first
  agent_id agent;  ///< 0 = a task that has reserved its share and has no agent yet
  contract_state state = contract_state::holding;
  sharing_pattern pattern = sharing_pattern::any;
  std::uint8_t priority = 5;
  std::uint8_t inherited_priority = 0;  ///< 0 = nobody waits for it
  fencing_token token = 0;
  share_wish requested;
  share_grant granted;
  enforcement compute_enforcement = enforcement::none;
  enforcement memory_enforcement = enforcement::none;
  std::string enforcement_note;  ///< why its units are no more than `advisory`; empty if they are
  std::vector<agent_id> shared_with;
  milliseconds age{0};        ///< since it was granted, asked for, or began to be kept free
  milliseconds remaining{0};  ///< until the lease ends unrenewed, the wait is given up (0 = never), or the reservation
                              ///< is over
  share_use used;
  std::string why;     ///< why it stands here, in words
  std::string change;  ///< what would change it; empty if nothing
  static auto fields(auto& m) {
    return std::tie(m.id, m.agent, m.state, m.pattern, m.priority, m.inherited_priority, m.token, m.requested,
                    m.granted, m.compute_enforcement, m.memory_enforcement, m.enforcement_note, m.shared_with, m.age,
                    m.remaining, m.used, m.why, m.change);
  }
  friend bool operator==(const contract_view&, const contract_view&) = default;
};

/// How one device is shared now. Bounded: what is not shown is counted.
struct sharing_view {
  sharing_pattern pattern = sharing_pattern::any;
  std::vector<contract_view> contracts;  ///< oldest lease first, then the queue in its order, then what is reserved
  std::uint32_t holders = 0;             ///< all of them, parked ones too
  std::uint32_t waiting = 0;             ///< all that have no lease yet
  std::uint32_t units_granted = 0;
  std::uint64_t bytes_granted = 0;
  choice_view choice = {};
  std::uint32_t reservations = 0;            ///< all that have not ended, also those of holders
  std::uint32_t fragmentation_permille = 0;  ///< of the free units, how many are not in their longest run
  static auto fields(auto& m) {
    return std::tie(m.pattern, m.contracts, m.holders, m.waiting, m.units_granted, m.bytes_granted, m.choice,
                    m.reservations, m.fragmentation_permille);
  }
  friend bool operator==(const sharing_view&, const sharing_view&) = default;
};

}  // namespace dunlin
