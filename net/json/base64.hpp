// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin::json {

/// Source: RFC 4648, section 4, with padding.
DUNLIN_EXPORT std::string to_base64(bytes_view raw);

/// Accepts only what `to_base64` writes: padded, no spaces, no stray bits. Errors: malformed.
DUNLIN_EXPORT result<bytes> from_base64(std::string_view text);

}  // namespace dunlin::json
