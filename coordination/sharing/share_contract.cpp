// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/share_contract.hpp"

namespace dunlin {

std::string_view to_string(enforcement how) noexcept {
  switch (how) {
    case enforcement::none:
      return "none";
    case enforcement::advisory:
      return "advisory";
    case enforcement::cooperative:
      return "cooperative";
    case enforcement::hard:
      return "hard";
  }
  return "unknown";
}

}  // namespace dunlin
