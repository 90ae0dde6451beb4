// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/sharer_part.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <string_view>

namespace dunlin {

namespace {

constexpr std::string_view before_a_number = "agent ";

std::string name_of(agent_id far, const device_appointment& sharers) {
  auto out = std::to_string(near_agent(far).value);
  const auto at = std::ranges::find(sharers.sharers, sharer_of(far), &sharer_place::sharer);
  return at == sharers.sharers.end() ? out : out + " on " + at->node;
}

/// The home's decisions name agents by its own numbers.
std::string in_names(std::string_view text, const device_appointment& sharers) {
  std::string out;
  for (;;) {
    const auto at = text.find(before_a_number);
    if (at == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, at + before_a_number.size()));
    text.remove_prefix(at + before_a_number.size());
    agent_id far;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), far.value);
    if (number.ec != std::errc{}) continue;
    out += name_of(far, sharers);
    text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
  }
}

contract_view near_view(contract_view far, const device_appointment& sharers) {
  const auto sharer = sharer_of(far.agent);
  far.agent = near_agent(far.agent);
  for (auto& other : far.shared_with)
    if (sharer_of(other) == sharer) other = near_agent(other);
  far.why = in_names(far.why, sharers);
  far.change = in_names(far.change, sharers);
  return far;
}

}  // namespace

sharing_view part_of(const sharing_view& whole, sharer_id sharer, std::uint32_t units,
                     const device_appointment& sharers) {
  sharing_view out;
  out.pattern = whole.pattern;
  out.choice = whole.choice;
  std::set<std::uint32_t> taken;
  bool takes_all = false;
  for (const auto& one : whole.contracts) {
    if (sharer_of(one.agent) != sharer) continue;
    ++(has_share(one.state) ? out.holders : out.waiting);
    out.bytes_granted += one.granted.memory_bytes;
    if (one.granted.compute_units > 0) {
      takes_all |= one.granted.units.empty();
      taken.insert(one.granted.units.begin(), one.granted.units.end());
    }
    out.contracts.push_back(near_view(one, sharers));
  }
  out.units_granted = takes_all ? units : static_cast<std::uint32_t>(taken.size());
  return out;
}

}  // namespace dunlin
