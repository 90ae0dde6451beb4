// SPDX-License-Identifier: Apache-2.0
#include "cli/text/json_text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace dunlin::cli {

std::string json_quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void json_text::put_raw(std::string_view key, std::string_view value) {
  if (!out_.empty()) out_ += ',';
  out_ += json_quoted(key);
  (out_ += ':') += value;
}

void json_text::put(std::string_view key, std::string_view text) { put_raw(key, json_quoted(text)); }
void json_text::put(std::string_view key, std::uint64_t number) { put_raw(key, std::to_string(number)); }
void json_text::put(std::string_view key, std::int64_t number) { put_raw(key, std::to_string(number)); }
void json_text::put(std::string_view key, bool flag) { put_raw(key, flag ? "true" : "false"); }

void json_text::put(std::string_view key, double number) {
  put_raw(key, std::isfinite(number) ? nlohmann::json(number).dump() : "null");
}

}  // namespace dunlin::cli
