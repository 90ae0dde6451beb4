// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/open_groups.hpp"

#include <algorithm>

namespace dunlin {

result<group_invitation> open_groups::on_sought(const std::string& name, const group_invitation& own, time_point now) {
  std::erase_if(groups_, [now](const auto& one) { return one.second.until <= now; });
  if (!is_valid_name(name))
    return fail(errc::invalid_argument, "'" + name + "' is no name of a group", "use letters, digits and ._-");
  if (own.members == 0) return fail(errc::invalid_argument, "a group has a member at least", {}, "members");
  const auto known = groups_.find(name);
  if (known == groups_.end()) {
    if (own.members == 1) return own;
    if (groups_.size() == capacity)
      return fail(errc::overloaded, "members are expected for " + std::to_string(capacity) + " groups already");
    groups_[name] = {own, {own}, now + std::min(own.within, longest)};
    return own;
  }
  const auto group = known->second.group;
  if (group.members != own.members)
    return fail(errc::conflict, "group '" + name + "' is for " + std::to_string(group.members) + " members, not " +
                                    std::to_string(own.members));
  auto& come = known->second.come;
  if (std::ranges::find(come, own) == come.end()) come.push_back(own);
  if (come.size() == group.members) groups_.erase(known);
  return group;
}

void open_groups::on_given_up(const std::string& name, const group_invitation& own) {
  const auto known = groups_.find(name);
  if (known == groups_.end()) return;
  if (known->second.group == own)
    groups_.erase(known);
  else
    std::erase(known->second.come, own);
}

void open_groups::on_node_down(incarnation life) {
  std::erase_if(groups_, [life](const auto& one) { return one.second.group.convener.life == life; });
  for (auto& [name, one] : groups_)
    std::erase_if(one.come, [life](const group_invitation& own) { return own.convener.life == life; });
}

}  // namespace dunlin
