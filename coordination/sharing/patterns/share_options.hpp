// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <tuple>
#include <vector>

#include "coordination/sharing/patterns/share_rule.hpp"
#include "coordination/sharing/pipeline/stage_graph.hpp"
#include "coordination/sharing/turns/turn_ring.hpp"

namespace dunlin {

/// How an operator wants a device to be shared. What a pattern does not know is ignored. Any pattern: the device is in
/// automatic mode, in which its coordinator chooses one by the demand that it sees.
struct share_options {
  sharing_pattern pattern = sharing_pattern::exclusive;
  milliseconds quantum{10};  ///< of one turn at weight 100: 1 to 1 000
  milliseconds burst{10};    ///< by which an interactive agent may go before its turn
  bool preemption_allowed = true;
  std::uint32_t most_holders = 64;        ///< that take turns
  std::uint32_t units_per_group = 1;      ///< of partitions as they are asked for
  std::vector<std::uint32_t> units = {};  ///< of each partition; empty = as they are asked for
  std::vector<stage_spec> stages = {};    ///< of a pipeline; empty = those that the device has
  static auto fields(auto& m) {
    return std::tie(m.pattern, m.quantum, m.burst, m.preemption_allowed, m.most_holders, m.units_per_group, m.units,
                    m.stages);
  }
  friend bool operator==(const share_options&, const share_options&) = default;
};

/// Returns the five patterns, in the order of the enumeration.
DUNLIN_EXPORT std::vector<sharing_pattern> all_patterns();

/// Checks that a device can be shared so; in automatic mode, by whichever pattern. Errors: as `make_rule`.
DUNLIN_EXPORT result<void> check_options(const share_options& options, const device_capacity& capacity);

/// Returns the rule of one pattern. Errors: invalid_argument with the option's name as its path.
DUNLIN_EXPORT result<std::unique_ptr<share_rule>> make_rule(const share_options& options,
                                                            const device_capacity& capacity);

/// Returns how turns are taken under these options.
DUNLIN_EXPORT turn_terms terms_of(const share_options& options) noexcept;

}  // namespace dunlin
