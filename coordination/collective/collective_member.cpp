// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_member.hpp"

#include <algorithm>

namespace dunlin {

collective_member::collective_member(const collective_call& call, std::uint32_t epoch, std::uint32_t members,
                                     std::uint32_t rank, std::uint64_t lane_elements)
    : epoch_(epoch), rank_(rank), plan_(plan_transfers(call, members, rank, lane_elements)), next_(plan_.size()) {
  for (const auto& lane : plan_) left_ += lane.size();
}

chunk_name collective_member::name_of(std::uint32_t lane, const transfer& step) const noexcept {
  return {epoch_, lane, step.round, step.is_send ? rank_ : step.peer};
}

void collective_member::start(std::vector<member_action>& out) {
  for (std::uint32_t lane = 0; lane < plan_.size(); ++lane) advance(lane, out);
  if (plan_.empty() && !std::exchange(told_, true)) out.push_back({});
}

/// Does what may be done now: sends, and what is held already.
void collective_member::advance(std::uint32_t lane, std::vector<member_action>& out) {
  const auto& steps = plan_[lane];
  for (auto& next = next_[lane]; next < steps.size(); ++next) {
    const auto& step = steps[next];
    const auto name = name_of(lane, step);
    if (!step.is_send && early_.erase(name) == 0) return;
    out.push_back(action_of(step, name));
    if (--left_ == 0 && !std::exchange(told_, true)) out.push_back({});
  }
}

const transfer* collective_member::expected(const chunk_name& name) const {
  if (name.lane >= plan_.size()) return nullptr;
  const auto& steps = plan_[name.lane];
  const auto found = std::find_if(
      steps.begin() + static_cast<std::ptrdiff_t>(next_[name.lane]), steps.end(),
      [&](const transfer& step) { return !step.is_send && step.round == name.round && step.peer == name.from; });
  return found == steps.end() ? nullptr : &*found;
}

member_action collective_member::action_of(const transfer& step, const chunk_name& name) const noexcept {
  using kind = member_action::kind;
  return {step.is_send ? kind::send : step.combines ? kind::combine : kind::overwrite, name, step.peer, step.range};
}

result<member_action> collective_member::landing(const chunk_name& name, std::uint64_t elements) const {
  if (name.epoch != epoch_)
    return fail(errc::fenced_off, "a message of epoch " + std::to_string(name.epoch) + " of the group, which is at " +
                                      std::to_string(epoch_));
  const auto* step = expected(name);
  const auto what = [&name] {
    return "lane " + std::to_string(name.lane) + ", round " + std::to_string(name.round) + " from member " +
           std::to_string(name.from);
  };
  if (step == nullptr || early_.contains(name)) return fail(errc::protocol_violation, "nobody waits for " + what());
  if (step->range.count != elements)
    return fail(errc::protocol_violation,
                what() + " has " + std::to_string(elements) + " elements, not " + std::to_string(step->range.count));
  auto action = action_of(*step, name);
  if (&plan_[name.lane][next_[name.lane]] != step) action.what = member_action::kind::hold;
  return action;
}

result<void> collective_member::on_chunk(const chunk_name& name, std::uint64_t elements,
                                         std::vector<member_action>& out) {
  const auto action = landing(name, elements);
  if (!action) return fail(error{action.error()});
  early_.insert(name);
  if (action->what == member_action::kind::hold)
    out.push_back(*action);
  else
    advance(name.lane, out);
  return {};
}

std::set<std::uint32_t> collective_member::waits_for() const {
  std::set<std::uint32_t> out;
  for (std::size_t lane = 0; lane < plan_.size(); ++lane)
    if (next_[lane] < plan_[lane].size()) out.insert(plan_[lane][next_[lane]].peer);
  return out;
}

}  // namespace dunlin
