// SPDX-License-Identifier: Apache-2.0
#include "net/json/base64.hpp"

#include <array>
#include <cstdint>

namespace dunlin::json {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

std::size_t padding_of(std::string_view text) noexcept {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::string to_base64(bytes_view raw) {
  std::string out;
  out.reserve((raw.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < raw.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (i + k < raw.size() ? std::to_integer<std::uint32_t>(raw[i + k]) : 0U);
    const auto used = raw.size() - i >= 3 ? 4 : raw.size() - i + 1;
    for (std::size_t k = 0; k < 4; ++k) out += k < used ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
  }
  return out;
}

result<bytes> from_base64(std::string_view text) {
  const auto refused = [] { return fail(errc::malformed, "not base64", "use A-Z a-z 0-9 + / and pad with ="); };
  if (text.size() % 4 != 0) return refused();
  const auto padding = padding_of(text);
  text.remove_suffix(padding);
  bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == no_digit) return refused();
    bits = bits << 6U | digit;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<std::byte>(bits >> held & 0xffU));
  }
  if ((bits & ((1U << held) - 1)) != 0) return refused();
  return out;
}

}  // namespace dunlin::json
