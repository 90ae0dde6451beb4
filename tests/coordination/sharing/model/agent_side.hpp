// SPDX-License-Identifier: Apache-2.0
// What an agent knows of its share of one device, by the messages that have reached it.
#pragma once

#include <cstdint>
#include <string>

#include "coordination/types.hpp"

namespace dunlin::model {

/// Where an agent believes that it stands.
enum class standing : std::uint8_t {
  away,
  waiting,
  leaving,  ///< gave up, and returns the grant that is on its way
  holding,
};

/// What a coordinator tells an agent.
enum class word : std::uint8_t { granted, changed, parked, recalled, revoked, refused };

std::string to_string(word what);

struct message {
  word what = word::granted;
  fencing_token token = 0;
};

struct agent_side {
  standing stands = standing::away;
  fencing_token token = 0;
  bool parked = false;
  bool recalled = false;

  void hear(const message& what);
};

}  // namespace dunlin::model
