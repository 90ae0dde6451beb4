// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin {

/// Owned raw bytes: payloads, results, encoded messages.
using bytes = std::vector<std::byte>;

/// Borrowed raw bytes, valid as long as their owner.
using bytes_view = std::span<const std::byte>;

/// Copies the characters of `text`.
inline bytes to_bytes(std::string_view text) {
  bytes out(text.size());
  if (!text.empty()) std::memcpy(out.data(), text.data(), text.size());
  return out;
}

/// Views `raw` as characters without copying; valid as long as `raw`.
inline std::string_view as_text(bytes_view raw) noexcept {
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

/// Views `text` as bytes without copying; valid as long as `text`.
inline bytes_view as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace dunlin
