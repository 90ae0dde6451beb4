// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/fence.hpp"

#include <algorithm>

namespace dunlin {

errc fence::admit(fencing_token token) noexcept {
  if (token < highest_) return errc::fenced_off;
  highest_ = token;
  return errc::none;
}

void fence::raise(fencing_token lowest) noexcept { highest_ = std::max(highest_, lowest); }

}  // namespace dunlin
