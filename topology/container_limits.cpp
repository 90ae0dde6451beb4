// SPDX-License-Identifier: Apache-2.0
#include "topology/container_limits.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>

namespace dunlin {

namespace {

/// Takes a number off the front of `text`, and one separator behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (why != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

std::string read_text(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();  // an iterator would throw where the kernel refuses to be read
  return std::move(text).str();
}

template <class T>
void tighten(std::optional<T>& limit, std::optional<T> other) {
  if (other) limit = limit ? std::min(*limit, *other) : other;
}

// The version 2 entry of /proc/self/cgroup reads `0::/path`.
std::string group_of_this_process(const std::string& group_file) {
  std::ifstream in(group_file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/")) return line.substr(3);
  return "/";
}

}  // namespace

std::optional<std::uint32_t> parse_cpu_max(std::string_view text) {
  const auto quota = take_number(text);
  const auto period = take_number(text);
  if (!quota || !period || *period == 0 || *quota > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(*quota * 1000 / *period, 1));
}

std::optional<std::uint64_t> parse_memory_max(std::string_view text) { return take_number(text); }

container_limits read_container_limits(const std::string& root, const std::string& group_file) {
  container_limits limits;
  auto group = group_of_this_process(group_file);
  while (!group.empty()) {
    const auto folder = root + (group == "/" ? "" : group);
    tighten(limits.cpu_milli, parse_cpu_max(read_text(folder + "/cpu.max")));
    tighten(limits.memory_bytes, parse_memory_max(read_text(folder + "/memory.max")));
    if (group == "/") break;
    group = group.substr(0, std::max<std::size_t>(group.rfind('/'), 1));
  }
  return limits;
}

}  // namespace dunlin
