// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

result<void> share_rule::settle(std::span<const allotment>) {
  return fail(errc::not_supported, "shares under " + std::string{to_string(pattern())} + " are not negotiated",
              "coordinate the device as collaborative");
}

}  // namespace dunlin
