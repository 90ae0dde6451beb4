// SPDX-License-Identifier: Apache-2.0
#include "coordination/types.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t id_characters = 26;

/// Source: splitmix64, Steele, Lea and Flood, OOPSLA 2014.
std::uint64_t next_random(std::uint64_t& state) noexcept {
  state += 0x9e3779b97f4a7c15ULL;
  auto z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

task_id_source::task_id_source(std::uint64_t seed) noexcept : state_(seed) {}

task_id task_id_source::next(wall_ms now) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(now) & 0xffff'ffff'ffffULL;
  if (milliseconds > (last_.high >> 16)) {
    last_.high = (milliseconds << 16) | (next_random(state_) & 0xffff);
    last_.low = next_random(state_) >> 1;  // room to count upwards within the millisecond
  } else {
    last_.low += 1 + (next_random(state_) & 0xffff);
  }
  return last_;
}

std::string to_string(const task_id& id) {
  std::string out(id_characters, '0');
  auto high = id.high;
  auto low = id.low;
  for (auto at = out.rbegin(); at != out.rend(); ++at) {
    *at = crockford[low & 31];
    low = (low >> 5) | (high << 59);
    high >>= 5;
  }
  return out;
}

result<task_id> parse_task_id(std::string_view text) {
  if (text.size() != id_characters || text.front() > '7')
    return fail(errc::malformed, "'" + std::string{text.substr(0, 64)} + "' is not a task id",
                "a task id has 26 characters, the first one of 0-7");
  task_id id;
  for (char c : text) {
    const auto upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const auto digit = crockford.find(upper);
    if (digit == std::string_view::npos) return fail(errc::malformed, "'" + std::string{text} + "' is not a task id");
    id.high = (id.high << 5) | (id.low >> 59);
    id.low = (id.low << 5) | digit;
  }
  return id;
}

bool is_valid_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

}  // namespace dunlin
