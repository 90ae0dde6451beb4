// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/dataset.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace dunlin::flight::digits {
namespace {

constexpr std::size_t fields_per_line = pixels_per_digit + 1;
constexpr unsigned brightest = 16;
constexpr std::size_t largest_text = 64u << 20;  ///< a file that inflates beyond this is refused

using gzip_file = std::unique_ptr<gzFile_s, decltype(&gzclose)>;

/// Returns the whole text behind `path`.
result<std::string> inflate(const std::string& path) {
  const gzip_file file{gzopen(path.c_str(), "rb"), &gzclose};
  if (!file) return fail(errc::not_found, "cannot open " + path);
  std::string text;
  std::array<char, 1 << 15> chunk;
  for (;;) {
    const int got = gzread(file.get(), chunk.data(), chunk.size());
    if (got < 0) return fail(errc::malformed, path + " is not a sound gzip file");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > largest_text) return fail(errc::too_large, path + " is too large");
  }
}

/// Returns the numbers of one line, or nothing if it holds anything else.
std::optional<std::array<unsigned, fields_per_line>> numbers_of(std::string_view line) {
  std::array<unsigned, fields_per_line> numbers{};
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i < fields_per_line; ++i) {
    const auto [next, problem] = std::from_chars(at, end, numbers[i]);
    const bool last = i + 1 == fields_per_line;
    if (problem != std::errc{} || (last ? next != end : next == end || *next != ',')) return {};
    at = next + 1;
  }
  return numbers;
}

/// Appends the digit on `line`; false if it is none.
bool append_digit(std::string_view line, dataset& out) {
  const auto numbers = numbers_of(line);
  if (!numbers || numbers->back() >= classes) return false;
  for (std::size_t i = 0; i < pixels_per_digit; ++i) {
    if ((*numbers)[i] > brightest) return false;
    out.pixels.push_back(static_cast<float>((*numbers)[i]) / brightest);
  }
  out.labels.push_back(static_cast<std::uint8_t>(numbers->back()));
  return true;
}

}  // namespace

result<dataset> parse_dataset(std::string_view text, const std::string& name) {
  dataset out;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!append_digit(text.substr(0, end), out))
      return fail(errc::malformed, name + " line " + std::to_string(line),
                  "64 pixels of 0-16 and a label of 0-9, separated by commas");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

result<dataset> read_dataset(const std::string& path) {
  return inflate(path).and_then([&path](const std::string& text) { return parse_dataset(text, path); });
}

}  // namespace dunlin::flight::digits
