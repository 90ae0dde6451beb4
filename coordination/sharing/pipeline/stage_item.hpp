// SPDX-License-Identifier: Apache-2.0
// An item of a pipeline in the hands of an agent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Passed on by reference, never copied: whoever has it may keep it, nobody may change it.
using shared_bytes = std::shared_ptr<const bytes>;

struct stage_item {
  std::uint64_t number = 0;           ///< in the order of the first stage; counts from 0
  std::vector<shared_bytes> inputs;   ///< one from each stage named in `after`, never null; none if it failed
  std::optional<error> failure = {};  ///< why it failed in an earlier stage; only last stages see such items

  /// The only or first input of an item that has not failed.
  [[nodiscard]] const bytes& input() const { return *inputs.front(); }
};

}  // namespace dunlin
