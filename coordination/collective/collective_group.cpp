// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_group.hpp"

#include <algorithm>

namespace dunlin {

namespace {

std::string name_of(agent_id member) { return "agent " + std::to_string(member.value); }

}  // namespace

result<collective_group> collective_group::make(const collective_call& call, std::vector<agent_id> members,
                                                const group_limits& limits) {
  if (auto fits = check(call, static_cast<std::uint32_t>(members.size())); !fits) return fail(std::move(fits.error()));
  auto sorted = members;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    return fail(errc::invalid_argument, name_of(*twice) + " is named twice", {}, "members");
  if (members.size() < limits.least_members)
    return fail(errc::invalid_argument,
                std::to_string(members.size()) + " members, of at least " + std::to_string(limits.least_members), {},
                "least_members");
  constexpr duration longest = std::chrono::hours{24 * 365};
  if (limits.deadline > longest) return fail(errc::invalid_argument, "a deadline is within a year", {}, "deadline");
  if (limits.deadline <= duration{}) return fail(errc::invalid_argument, "a deadline lies ahead", {}, "deadline");
  return collective_group{call, std::move(members), limits};
}

std::size_t collective_group::rank_of(agent_id member) const noexcept {
  return static_cast<std::size_t>(std::ranges::find(members_, member) - members_.begin());
}

std::optional<time_point> collective_group::next_tick() const noexcept {
  return over_ || epoch_ == 0 ? std::nullopt : std::optional{until_};
}

void collective_group::start(time_point now, std::vector<group_action>& out) {
  if (over_ || epoch_ > 0) return;
  until_ = now + limits_.deadline;
  begin(out);
}

void collective_group::begin(std::vector<group_action>& out) {
  ++epoch_;
  complete_.assign(members_.size(), false);
  out.push_back({group_action::kind::begin, epoch_, members_, error{errc::none}});
}

void collective_group::end(group_action::kind what, error why, std::vector<group_action>& out) {
  over_ = true;
  out.push_back({what, epoch_, members_, std::move(why)});
}

void collective_group::on_complete(agent_id member, std::uint32_t epoch, std::vector<group_action>& out) {
  const auto rank = rank_of(member);
  if (over_ || epoch_ == 0 || epoch != epoch_ || rank == members_.size()) return;
  complete_[rank] = true;
  if (std::ranges::find(complete_, false) == complete_.end()) end(group_action::kind::deliver, error{errc::none}, out);
}

/// Errors: crashed (it cannot go on without it).
result<void> collective_group::cut_out(std::size_t rank) {
  const auto lost = name_of(members_[rank]) + " was lost";
  const auto kind = call_.kind;
  const bool is_needed = (kind == collective_kind::broadcast && rank == call_.root) ||
                         (kind == collective_kind::send && (rank == call_.root || rank == call_.peer));
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(rank));
  if (kind == collective_kind::reduce_scatter || kind == collective_kind::all_gather)
    return fail(errc::crashed, lost + ", and each member has its part of the result",
                "begin again with the members that are left");
  if (is_needed) return fail(errc::crashed, lost + ", from or to whom it was");
  if (members_.size() < limits_.least_members)
    return fail(errc::crashed, lost + "; " + std::to_string(members_.size()) + " members are left of at least " +
                                   std::to_string(limits_.least_members));
  if (rank < call_.root) --call_.root;
  if (rank < call_.peer) --call_.peer;
  return {};
}

void collective_group::on_lost(agent_id member, std::vector<group_action>& out) {
  const auto rank = rank_of(member);
  if (over_ || rank == members_.size()) return;
  auto others = complete_;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(rank));
  const bool all_others_are_complete = !others.empty() && std::ranges::find(others, false) == others.end();
  auto left = cut_out(rank);
  if (all_others_are_complete) return end(group_action::kind::deliver, error{errc::none}, out);
  if (!left) return end(group_action::kind::fail, std::move(left.error()), out);
  if (members_.empty()) return end(group_action::kind::fail, error{errc::crashed, "every member was lost"}, out);
  if (epoch_ > 0)
    begin(out);
  else
    complete_.assign(members_.size(), false);
}

void collective_group::on_failed(agent_id member, const error& why, std::vector<group_action>& out) {
  if (over_ || rank_of(member) == members_.size()) return;
  auto told = why;
  told.context = name_of(member) + ": " + told.context;
  end(group_action::kind::fail, std::move(told), out);
}

void collective_group::on_tick(time_point now, std::vector<group_action>& out) {
  if (over_ || epoch_ == 0 || now < until_) return;
  std::string late;
  for (std::size_t rank = 0; rank < members_.size(); ++rank)
    if (!complete_[rank]) late += (late.empty() ? "" : ", ") + name_of(members_[rank]);
  end(group_action::kind::fail,
      error{errc::timeout, std::string{to_string(call_.kind)} + " is not complete by its deadline: " + late}, out);
}

}  // namespace dunlin
