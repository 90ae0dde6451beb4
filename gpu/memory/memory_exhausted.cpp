// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

memory_exhausted::memory_exhausted(std::uint64_t asked_bytes, std::uint64_t used_bytes, std::uint64_t cap_bytes,
                                   std::vector<memory_holder> holders)
    : asked_bytes(asked_bytes),
      used_bytes(used_bytes),
      cap_bytes(cap_bytes),
      holders(by_bytes(std::move(holders))),
      text_("asked for " + std::to_string(asked_bytes) + " bytes with " + std::to_string(used_bytes) + " of " +
            std::to_string(cap_bytes) + " in use" + named(this->holders)) {}

}  // namespace dunlin
