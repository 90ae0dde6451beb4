// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config/settings.hpp"

namespace dunlin::cli {

enum class health : std::uint8_t { ok, warning, failed };

/// Returns `ok`, `warn` or `fail`.
[[nodiscard]] std::string_view in_words(health how) noexcept;

/// What one look at the machine found.
struct finding {
  std::string check;
  health how = health::ok;
  std::string found;
  std::string hint;  ///< what to do about it; empty if nothing
};

/// Looks at everything that a swarm with these settings would need here; changes nothing but what a start would make
/// too (the state directory).
[[nodiscard]] std::vector<finding> check_machine(const settings& config, const std::string& state_dir);

/// Returns the permission bits in words if somebody else can read the secret in `path`. Missing is fine: it is made.
[[nodiscard]] finding check_secret(const std::string& what, const std::string& path);

/// Looks whether the port can be listened on; 0 is always fine.
[[nodiscard]] finding check_port(const std::string& what, std::uint16_t port, const std::string& flag);

}  // namespace dunlin::cli
