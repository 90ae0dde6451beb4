// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dunlin::cli {

/// Writes one flat JSON object, or an array of finished texts. What is not UTF-8 is replaced.
class json_text {
 public:
  void put(std::string_view key, std::string_view text);
  void put(std::string_view key, const char* text) { put(key, std::string_view{text}); }
  void put(std::string_view key, std::uint64_t number);
  void put(std::string_view key, std::int64_t number);
  void put(std::string_view key, double number);  ///< null if it is not finite
  void put(std::string_view key, bool flag);

  /// `value` is JSON already.
  void put_raw(std::string_view key, std::string_view value);

  [[nodiscard]] std::string take() && { return "{" + out_ + "}"; }

 private:
  std::string out_;
};

/// Returns `["a","b"]` of texts that are JSON already.
template <class Range>
std::string json_array(const Range& items) {
  std::string out;
  for (const auto& item : items) (out += out.empty() ? "" : ",") += item;
  return "[" + out + "]";
}

/// Returns the text as a JSON string.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace dunlin::cli
