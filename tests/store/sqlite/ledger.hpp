// SPDX-License-Identifier: Apache-2.0
// A history of transactions whose loss, halves and false memories can be seen in what is stored.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "coordination/ports.hpp"

namespace dunlin::testing {

/// Entry n inserts two tasks and sets a counter to n, all in one transaction.
transaction ledger_entry(std::uint32_t number, std::size_t payload_bytes = 100);

/// What a store holds of a ledger.
struct ledger_state {
  std::set<std::uint32_t> entries;
  std::string fault;  ///< first thing that cannot be after whole transactions in order; empty = none
};

/// Reads every task.
ledger_state read_ledger(store_port& store);

/// Returns why `state` cannot be what is left of a store that acknowledged `acknowledged`; empty = it can.
std::string loss_in(const ledger_state& state, const std::set<std::uint32_t>& acknowledged);

}  // namespace dunlin::testing
