// SPDX-License-Identifier: Apache-2.0
#include "net/http/event_reader.hpp"

#include <algorithm>

namespace dunlin::net {

namespace {

constexpr std::size_t most_unread = 1'024 * 1'024;
constexpr std::string_view blank_line = "\n\n";

/// Returns what stands after `field: ` on its line in `block`, or nothing.
std::string field_of(std::string_view block, std::string_view field) {
  while (!block.empty()) {
    const auto line = block.substr(0, block.find('\n'));
    block.remove_prefix(std::min(block.size(), line.size() + 1));
    if (line.starts_with(field) && line.substr(field.size()).starts_with(": "))
      return std::string{line.substr(field.size() + 2)};
  }
  return {};
}

}  // namespace

result<void> event_reader::feed(std::string_view text) {
  unread_ += text;
  if (unread_.size() > most_unread && unread_.find(blank_line) == std::string::npos)
    return fail(errc::too_large, "the server sent an event over 1 MiB");
  return {};
}

std::optional<server_event> event_reader::next() {
  while (true) {
    const auto end = unread_.find(blank_line);
    if (end == std::string::npos) return std::nullopt;
    const auto block = unread_.substr(0, end);
    unread_.erase(0, end + blank_line.size());
    server_event out{field_of(block, "event"), field_of(block, "data")};
    if (!out.name.empty()) return out;
  }
}

}  // namespace dunlin::net
