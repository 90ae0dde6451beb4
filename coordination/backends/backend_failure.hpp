// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// A backend that an attempt has tried, and why it goes on without.
struct backend_failure {
  std::string backend;
  std::uint8_t variant = 0;  ///< by which it was tried
  error why{errc::none};
};

/// So often one attempt tries one backend, whatever its variants.
inline constexpr std::size_t most_tries_of_backend = 2;

/// Returns whether the attempt is done with the backend, or with this variant there: another one may do only if the
/// first wanted too much.
[[nodiscard]] DUNLIN_EXPORT bool is_spent(const std::vector<backend_failure>& failed, const std::string& backend,
                                          std::uint8_t variant) noexcept;

/// Returns what an attempt ends with that no backend could finish: each backend with its reason, under the code of the
/// first failure that a later attempt may be spared, else of the last. `failed` is not empty.
[[nodiscard]] DUNLIN_EXPORT error error_of(const std::vector<backend_failure>& failed);

}  // namespace dunlin
