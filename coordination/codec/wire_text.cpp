// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/wire_text.hpp"

#include <cstdint>

namespace dunlin {

namespace {

/// Returns the length of the UTF-8 sequence at the start of `text`, 0 if it is not well-formed.
std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xbf) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const auto lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef)
    return tail(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) && tail(2) ? 3 : 0;
  if (lead >= 0xf0 && lead <= 0xf4)
    return tail(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}

std::string escaped(char c) {
  constexpr const char* digits = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  return {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string as_wire_text(std::string text, std::size_t limit) {
  if (text.size() <= limit && is_utf8(text)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto length = utf8_sequence(rest);
    const auto next = length == 0 ? escaped(rest.front()) : std::string{rest.substr(0, length)};
    if (out.size() + next.size() > limit) break;
    out += next;
    rest.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace dunlin
