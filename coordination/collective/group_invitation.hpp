// SPDX-License-Identifier: Apache-2.0
// How the members of a group find each other: who needs one by a name asks the leader, who tells who was first.
#pragma once

#include <cstdint>
#include <string>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Where a member's process takes streams.
struct member_place {
  std::string node;
  incarnation life;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  static auto fields(auto& m) { return std::tie(m.node, m.life, m.host, m.port); }
  friend bool operator==(const member_place&, const member_place&) = default;
};

/// A group that members may join.
struct group_invitation {
  std::uint64_t high = 0;  ///< 128 bits that nobody else drew
  std::uint64_t low = 0;
  std::uint32_t members = 0;  ///< how many it is for, the convener among them
  member_place convener;
  duration within = 60s;  ///< everybody has to have come
  static auto fields(auto& m) { return std::tie(m.high, m.low, m.members, m.convener, m.within); }
  friend bool operator==(const group_invitation&, const group_invitation&) = default;
};

/// A node to its leader: one of my handlers wants to be in the group of this name, and would convene it.
struct group_sought {
  static constexpr const char* wire_name = "group_sought";
  request_id question;
  std::string name;
  group_invitation own;
  static auto fields(auto& m) { return std::tie(m.question, m.name, m.own); }
};

/// A node to its leader: whoever asked so for this name has not come into a group.
struct group_given_up {
  static constexpr const char* wire_name = "group_given_up";
  std::string name;
  group_invitation own;
  static auto fields(auto& m) { return std::tie(m.name, m.own); }
};

/// The leader's answer: the group to join, which may be the one that was offered; or why there is none.
struct group_found {
  static constexpr const char* wire_name = "group_found";
  request_id question;
  group_invitation group;
  error why{errc::none};
  static auto fields(auto& m) { return std::tie(m.question, m.group, m.why); }
};

}  // namespace dunlin
