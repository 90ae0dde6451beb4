// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "coordination/codec/fields.hpp"

namespace dunlin {

/// Leader to a node, where the overlay links more than each node to its leader: call that node.
struct introduction {
  static constexpr const char* wire_name = "introduction";
  std::string node;
  std::string host;
  std::uint16_t port = 0;
  static auto fields(auto& m) { return std::tie(m.node, m.host, m.port); }
};

}  // namespace dunlin
