// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/turn_options.hpp"

namespace dunlin {

result<void> turn_options::check() const {
  if (quantum < 1ms || quantum > 1s)
    return fail(errc::invalid_argument,
                "a quantum of " + std::to_string(quantum / std::chrono::microseconds{1}) + " us", "1 ms to 1 000 ms",
                "quantum_ms");
  if (most_holders == 0) return fail(errc::invalid_argument, "no holder may take part", "at least 1", "most_holders");
  return {};
}

}  // namespace dunlin
