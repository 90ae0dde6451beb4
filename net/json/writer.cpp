// SPDX-License-Identifier: Apache-2.0
#include "net/json/writer.hpp"

#include <charconv>
#include <cmath>

#include "net/json/base64.hpp"

namespace dunlin::json {

namespace {

struct utf8_range {
  std::size_t length;       // 0: not the start of a character
  unsigned char low, high;  // of the second byte
};

constexpr utf8_range range_of(unsigned char lead) noexcept {
  if (lead < 0x80) return {1, 0, 0};
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

/// Returns the length of the character at the start of `text`, 0 if there is none.
std::size_t character_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto range = range_of(byte(0));
  if (range.length == 0 || range.length > text.size()) return 0;
  if (range.length > 1 && (byte(1) < range.low || byte(1) > range.high)) return 0;
  for (std::size_t i = 2; i < range.length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return range.length;
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view hex = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\')
    (out += '\\') += c;
  else if (c == '\n')
    out += "\\n";
  else if (code < 0x20 || code == 0x7f)
    ((out += "\\u00") += hex[code >> 4U]) += hex[code & 15U];
  else
    out += c;
}

template <class Number>
void append_number(std::string& out, Number given) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, given).ptr;
  out.append(text, end);
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void writer::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

void writer::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void writer::close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void writer::key(std::string_view name) {
  separate();
  put_quoted(name);
  out_ += ':';
  first_ = true;
}

void writer::put_null() {
  separate();
  out_ += "null";
}

void writer::put(bool given) {
  separate();
  out_ += given ? "true" : "false";
}

void writer::put(std::int64_t given) {
  separate();
  append_number(out_, given);
}

void writer::put(std::uint64_t given) {
  separate();
  append_number(out_, given);
}

void writer::put(double given) {
  if (!std::isfinite(given)) return put_null();
  separate();
  append_number(out_, given);
}

void writer::put(std::string_view given) {
  separate();
  put_quoted(given);
}

void writer::put(bytes_view given) {
  if (is_utf8(as_text(given))) return put(as_text(given));
  begin_object();
  key("base64");
  put(std::string_view{to_base64(given)});
  end_object();
}

void writer::put_quoted(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0)
      out_ += "\xef\xbf\xbd";
    else if (length == 1)
      append_escaped(out_, text.front());
    else
      out_.append(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_ += '"';
}

}  // namespace dunlin::json
