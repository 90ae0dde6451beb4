// SPDX-License-Identifier: Apache-2.0
#include "net/json/encode.hpp"

namespace dunlin::json {

void encode(writer& out, const incarnation& life) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = hex[life.value >> (60 - 4 * i) & 15U];
  out.put(std::string_view{text});
}

void encode(writer& out, const std::vector<label>& labels) {
  out.begin_object();
  for (const auto& each : labels) {
    out.key(each.key);
    out.put(std::string_view{each.value});
  }
  out.end_object();
}

}  // namespace dunlin::json
