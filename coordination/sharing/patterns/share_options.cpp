// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/share_options.hpp"

#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/fixed_partitions.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "coordination/sharing/pipeline/pipeline.hpp"

namespace dunlin {

namespace {

template <class Rule>
result<std::unique_ptr<share_rule>> as_rule(result<std::unique_ptr<Rule>>&& made) {
  if (!made) return fail(std::move(made.error()));
  return std::unique_ptr<share_rule>{std::move(*made)};
}

}  // namespace

result<std::unique_ptr<share_rule>> make_rule(const share_options& options, const device_capacity& capacity) {
  if (options.burst < milliseconds{0} || options.burst > milliseconds{1'000})
    return fail(errc::invalid_argument, "a burst of " + std::to_string(options.burst.count()) + " ms", "0 to 1000",
                "burst_ms");
  switch (options.pattern) {
    case sharing_pattern::exclusive:
      return std::make_unique<exclusive>(capacity);
    case sharing_pattern::time_sliced:
      return as_rule(time_sliced::make(capacity, {options.quantum, options.most_holders}));
    case sharing_pattern::space_partitioned:
      return options.units.empty() ? as_rule(space_partitioned::make(capacity, {options.units_per_group}))
                                   : as_rule(fixed_partitions::make(capacity, options.units));
    case sharing_pattern::pipeline:
      if (!options.stages.empty())
        if (auto stages = stage_graph::make(options.stages, capacity.compute_units); !stages)
          return fail(std::move(stages.error()));
      return as_rule(pipeline::make(capacity, {options.quantum, options.most_holders}));
    case sharing_pattern::collaborative:
      return as_rule(collaborative::make(capacity, {options.quantum, options.most_holders}));
    case sharing_pattern::any:
      break;
  }
  return fail(errc::invalid_argument, "a device needs one pattern", "name it", "pattern");
}

std::vector<sharing_pattern> all_patterns() {
  return {sharing_pattern::exclusive, sharing_pattern::time_sliced, sharing_pattern::space_partitioned,
          sharing_pattern::pipeline, sharing_pattern::collaborative};
}

result<void> check_options(const share_options& options, const device_capacity& capacity) {
  const auto check = [&](sharing_pattern pattern) -> result<void> {
    auto one = options;
    one.pattern = pattern;
    if (auto rule = make_rule(one, capacity); !rule) return fail(std::move(rule.error()));
    return {};
  };
  if (options.pattern != sharing_pattern::any) return check(options.pattern);
  for (const auto pattern : all_patterns())
    if (auto checked = check(pattern); !checked) return checked;
  return {};
}

turn_terms terms_of(const share_options& options) noexcept { return {options.burst, options.preemption_allowed}; }

}  // namespace dunlin
