// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coordination/collective/group_invitation.hpp"

namespace dunlin {

/// The groups that members are still expected for, by name. The first who asks for a name convenes its group; when as
/// many have asked as it is for, the name is free for another group. One that does not fill is forgotten when its time
/// is over, when its convener gives up, or when its convener's node is gone. Thread: one at a time.
class DUNLIN_EXPORT open_groups {
 public:
  static constexpr std::size_t capacity = 1'024;
  static constexpr duration longest = 24h;

  /// Returns the group to join: `own`, if nobody was first. Who asks again with the same is one member. Errors:
  /// invalid_argument (no name, no members), conflict (it is for another number of members), overloaded.
  result<group_invitation> on_sought(const std::string& name, const group_invitation& own, time_point now);

  /// Whoever asked with `own` comes no more; if it convened the group, there is none.
  void on_given_up(const std::string& name, const group_invitation& own);

  void on_node_down(incarnation life);

  [[nodiscard]] std::size_t size() const noexcept { return groups_.size(); }

 private:
  struct open_group {
    group_invitation group;
    std::vector<group_invitation> come;  ///< what the members would have convened, the convener's first
    time_point until{};
  };

  std::map<std::string, open_group> groups_;
};

}  // namespace dunlin
