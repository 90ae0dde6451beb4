// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/agent_side.hpp"

namespace dunlin::model {

std::string to_string(word what) {
  switch (what) {
    case word::granted:
      return "is granted a share";
    case word::changed:
      return "gets another contract";
    case word::parked:
      return "is parked";
    case word::recalled:
      return "is recalled";
    case word::revoked:
      return "loses its share";
    case word::refused:
      return "is refused";
  }
  return "is told nothing";
}

/// A word about a lease that the agent has no more means nothing to it.
void agent_side::hear(const message& what) {
  const bool expects_grant = stands == standing::waiting || stands == standing::leaving;
  if (what.what == word::granted && stands == standing::waiting) stands = standing::holding;
  if (what.what == word::granted || what.what == word::changed) {
    token = what.token;
    parked = false;
  }
  if (what.what == word::granted) recalled = false;
  if (what.what == word::parked && token == what.token) parked = true;
  if (what.what == word::recalled && token == what.token) recalled = true;
  if (what.what == word::revoked || (what.what == word::refused && expects_grant)) *this = {};
}

}  // namespace dunlin::model
