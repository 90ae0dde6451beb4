// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

std::string_view to_string(sharing_pattern pattern) noexcept {
  switch (pattern) {
    case sharing_pattern::any:
      return "any";
    case sharing_pattern::exclusive:
      return "exclusive";
    case sharing_pattern::time_sliced:
      return "time_sliced";
    case sharing_pattern::space_partitioned:
      return "space_partitioned";
    case sharing_pattern::pipeline:
      return "pipeline";
    case sharing_pattern::collaborative:
      return "collaborative";
  }
  return "unknown";
}

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

std::string_view to_string(exactness what) noexcept {
  switch (what) {
    case exactness::unmeasured:
      return "unmeasured";
    case exactness::exact:
      return "exact";
    case exactness::weighted:
      return "weighted";
    case exactness::upper_bound:
      return "upper_bound";
  }
  return "unknown";
}

}  // namespace dunlin
