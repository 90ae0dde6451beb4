// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/open_groups.hpp"

namespace dunlin {

result<group_invitation> open_groups::on_sought(const std::string& name, const group_invitation& own, time_point now) {
  std::erase_if(groups_, [now](const auto& one) { return one.second.since + kept_for <= now; });
  if (!is_valid_name(name))
    return fail(errc::invalid_argument, "'" + name + "' is no name of a group", "use letters, digits and ._-");
  if (own.members == 0) return fail(errc::invalid_argument, "a group has a member at least", {}, "members");
  const auto known = groups_.find(name);
  if (known == groups_.end()) {
    if (own.members == 1) return own;
    if (groups_.size() == capacity)
      return fail(errc::overloaded, "members are expected for " + std::to_string(capacity) + " groups already");
    groups_[name] = {own, 1, now};
    return own;
  }
  const auto group = known->second.group;
  if (group.members != own.members)
    return fail(errc::conflict, "group '" + name + "' is for " + std::to_string(group.members) + " members, not " +
                                    std::to_string(own.members));
  if (++known->second.come == group.members) groups_.erase(known);
  return group;
}

void open_groups::on_node_down(incarnation life) {
  std::erase_if(groups_, [life](const auto& one) { return one.second.group.convener.life == life; });
}

}  // namespace dunlin
