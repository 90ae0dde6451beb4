// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin::net {

using sha256_digest = std::array<std::byte, 32>;

/// Returns the HMAC-SHA256 of `text` under `key`. Source: RFC 2104, FIPS 180-4.
DUNLIN_EXPORT sha256_digest hmac_sha256(bytes_view key, bytes_view text);

/// Compares without telling by its time where the two differ.
DUNLIN_EXPORT bool equal_in_constant_time(bytes_view a, bytes_view b) noexcept;

/// Fills `out` with numbers that nobody can guess. Errors: io_failed (the system has no randomness to give).
DUNLIN_EXPORT result<void> fill_random(std::span<std::byte> out);

}  // namespace dunlin::net
