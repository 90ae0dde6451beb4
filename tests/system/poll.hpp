// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace dunlin::test {

/// How long anything in these tests may take, on a busy machine too.
inline constexpr auto patience = std::chrono::seconds{40};

/// Looks again and again until `condition` holds. Returns false if it does not within `longest`.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds longest = patience) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

}  // namespace dunlin::test
