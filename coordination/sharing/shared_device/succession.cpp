// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/succession.hpp"

#include <algorithm>
#include <tuple>

namespace dunlin {

succession::succession(const std::vector<sharer_place>& sharers, bool strangers, time_point silent_until)
    : strangers_(strangers), silent_until_(silent_until) {
  for (const auto& one : sharers) silent_.insert(one.sharer);
}

void succession::on_state(const sharer_state& said) {
  silent_.erase(said.sharer);
  states_[said.sharer] = said;
}

void succession::forget(sharer_id sharer) {
  silent_.erase(sharer);
  states_.erase(sharer);
}

std::vector<heirloom> succession::leases() const {
  std::vector<heirloom> out;
  for (const auto& [sharer, said] : states_)
    for (const auto& seat : said.seats)
      if (seat.held) out.push_back({sharer, seat});
  std::ranges::sort(out, {}, [](const heirloom& one) {
    const auto token = one.seat.in_doubt ? ~one.seat.token : one.seat.token;
    return std::tuple{one.seat.in_doubt, token, one.sharer, one.seat.agent};
  });
  return out;
}

sharing_mode succession::mode() const {
  sharing_mode newest;
  for (const auto& [sharer, said] : states_)
    if (said.mode.revision > newest.revision) newest = said.mode;
  return newest;
}

}  // namespace dunlin
