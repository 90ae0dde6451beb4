// SPDX-License-Identifier: Apache-2.0
#include "actors/node/device_door.hpp"

#include <utility>

namespace dunlin {

result<void> device_door::set(const share_options& options, std::uint32_t units) {
  if (auto set = set_stages(options, units); !set) return set;
  if (gate_ != nullptr) gate_->set_terms(terms_of(options));
  return {};
}

result<void> device_door::set_stages(const share_options& options, std::uint32_t units) {
  const bool may_run_them = options.pattern == sharing_pattern::pipeline || options.pattern == sharing_pattern::any;
  if (!may_run_them || options.stages.empty()) return {};
  if (gate_ == nullptr) return fail(errc::not_supported, "this device cannot run stages", {}, "stages");
  auto graph = stage_graph::make(options.stages, units);
  if (!graph) return fail(std::move(graph.error()));
  return gate_->set_stages(std::move(*graph));
}

void device_door::apply(const sharing_effects& decided) {
  if (gate_ != nullptr && !decided.empty()) gate_->apply(decided);
}

void device_door::forget(agent_id holder) {
  if (gate_ != nullptr) gate_->remove(holder);
}

share_use device_door::take_use(agent_id holder) { return gate_ == nullptr ? share_use{} : gate_->take_use(holder); }

}  // namespace dunlin
