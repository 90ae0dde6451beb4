// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/target.hpp"

#include <algorithm>
#include <charconv>

#include "net/json/nearest.hpp"

namespace dunlin::net {

namespace {

constexpr std::size_t max_parameters = 32;

/// Source: RFC 3986, section 2.1; in a query `+` is a space (HTML forms).
result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '%') {
      unsigned code = 0;
      const auto* digits = text.data() + i + 1;
      if (i + 2 >= text.size() || std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2)
        return fail(errc::malformed, "a bad escape in the address", "write % as %25");
      c = static_cast<char>(code);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return fail(errc::malformed, "a control character in the address");
    out += c;
  }
  return out;
}

result<void> decode_query(std::string_view text, http_target& out) {
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    auto content = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name) return fail(name.error());
    if (!content) return fail(content.error());
    if (out.query.size() == max_parameters) return fail(errc::too_large, "more than 32 query parameters");
    if (!name->empty()) out.query.emplace_back(std::move(*name), std::move(*content));
  }
  return {};
}

}  // namespace

const std::string* http_target::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? nullptr : &found->second;
}

result<http_target> parse_target(std::string_view text) {
  if (!text.starts_with('/')) return fail(errc::malformed, "the address must start with /");
  const auto mark = std::min(text.find('?'), text.size());
  auto path = decode(text.substr(0, mark), false);
  if (!path) return fail(path.error());
  while (path->size() > 1 && path->ends_with('/')) path->pop_back();
  http_target out;
  out.path = std::move(*path);
  if (auto read = decode_query(text.substr(std::min(mark + 1, text.size())), out); !read) return fail(read.error());
  return out;
}

result<void> expect_only(const http_target& target, std::span<const std::string_view> known) {
  for (const auto& [name, content] : target.query)
    if (std::ranges::find(known, name) == known.end())
      return fail(errc::unknown_field, "there is no query parameter '" + name.substr(0, 64) + "' here",
                  known.empty() ? "this address takes none" : json::suggestion(name, known), name.substr(0, 64));
  return {};
}

}  // namespace dunlin::net
