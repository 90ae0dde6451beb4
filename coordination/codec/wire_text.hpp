// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coordination/export.hpp"

namespace dunlin {

/// Most bytes of a sentence that travels beside a code: why a task failed, how far it is.
inline constexpr std::size_t max_words_bytes = 4'000;

/// True if `text` is well-formed UTF-8. Source: RFC 3629 §4.
[[nodiscard]] DUNLIN_EXPORT bool is_utf8(std::string_view text) noexcept;

/// Returns `text` as any reader of messages accepts it: each byte that is no UTF-8 is written as `\xNN`, and what goes
/// beyond `limit` bytes is cut off between two characters. For every text that a user's code may have made.
[[nodiscard]] DUNLIN_EXPORT std::string as_wire_text(std::string text, std::size_t limit = max_words_bytes);

}  // namespace dunlin
