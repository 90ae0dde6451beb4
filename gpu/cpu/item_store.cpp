// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/item_store.hpp"

#include <utility>

namespace dunlin {

namespace {

tl::unexpected<error> no_stage(agent_id agent) {
  return fail(errc::conflict, "agent " + std::to_string(agent.value) + " serves no stage", "join one first");
}

}  // namespace

result<void> item_store::join(agent_id agent, std::string_view stage) {
  const auto known = flow_.graph().find(stage);
  if (!known)
    return fail(errc::not_found, "no stage is named '" + std::string{stage.substr(0, 64)} + "'",
                "the device has " + flow_.graph().names());
  auto joined = flow_.join(agent, *known);
  if (joined) costs_.join(agent, *known);
  return joined;
}

void item_store::leave(agent_id agent, const error& why) {
  if (const auto item = flow_.item_of(agent)) failures_.try_emplace(*item, why);
  flow_.leave(agent);
  costs_.leave(agent);
  offered_.erase(agent);
}

result<void> item_store::take(agent_id agent) {
  const auto stage = flow_.stage_of(agent);
  if (!stage) return no_stage(agent);
  if (*stage == flow_.graph().first())
    return fail(errc::conflict, "stage '" + flow_.graph().spec(*stage).name + "' comes after no stage",
                "put items: there are none to take");
  if (const auto item = flow_.item_of(agent)) {
    const bool well = flow_.graph().is_last(*stage);
    if (!well)
      failures_.try_emplace(
          *item, error{errc::handler_failed, "stage '" + flow_.graph().spec(*stage).name + "' put nothing for it"});
    flow_.finish(agent, well);
  }
  flow_.ask(agent);
  return {};
}

void item_store::offer(agent_id agent, shared_bytes output) {
  offered_[agent] = std::move(output);
  flow_.ask(agent);
}

result<void> item_store::finish(agent_id agent, result<shared_bytes> output) {
  const auto stage = flow_.stage_of(agent);
  if (!stage) return no_stage(agent);
  const auto item = flow_.item_of(agent);
  if (!item) return fail(errc::conflict, "agent " + std::to_string(agent.value) + " has no item", "take one first");
  const bool well = output.has_value();
  if (!well)
    failures_.try_emplace(*item, std::move(output.error()));
  else if (!flow_.graph().is_last(*stage))
    outputs_[*stage].emplace(*item, std::move(*output));
  flow_.finish(agent, well);
  return {};
}

void item_store::take_answers(std::vector<answer>& out) {
  grants_.clear();
  flow_.take_grants(grants_);
  for (const auto& grant : grants_) {
    auto& one = out.emplace_back();
    one.agent = grant.agent;
    if (grant.kind == flow_grant::kind_type::room || grant.kind == flow_grant::kind_type::item)
      costs_.begin_item(grant.agent);
    if (grant.kind == flow_grant::kind_type::room) {
      auto node = offered_.extract(grant.agent);
      if (!flow_.graph().is_last(grant.stage)) outputs_[grant.stage].emplace(grant.item, std::move(node.mapped()));
    } else if (grant.kind != flow_grant::kind_type::end) {
      one.item = collect(grant);
    }
  }
  forget();
}

stage_item item_store::collect(const flow_grant& grant) const {
  stage_item out;
  out.number = grant.item;
  if (grant.kind == flow_grant::kind_type::failed_item)
    out.failure = failures_.at(grant.item);
  else
    for (const auto before : flow_.graph().before(grant.stage)) out.inputs.push_back(outputs_[before].at(grant.item));
  return out;
}

/// What nobody needs any more.
void item_store::forget() {
  for (std::size_t stage = 0; stage < outputs_.size(); ++stage) {
    auto& kept = outputs_[stage];
    kept.erase(kept.begin(), kept.lower_bound(flow_.needed_from(stage)));
  }
  failures_.erase(failures_.begin(), failures_.lower_bound(flow_.settled()));
}

std::size_t item_store::kept() const noexcept {
  auto out = failures_.size() + offered_.size();
  for (const auto& one : outputs_) out += one.size();
  return out;
}

}  // namespace dunlin
