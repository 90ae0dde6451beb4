// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/turns/lane_permits.hpp"

#include <algorithm>

namespace dunlin {

void lane_permits::open(const lane_permit& turn) { permits_.try_emplace(turn.serial).first->second.turn = turn; }

void lane_permits::close(fencing_token serial) {
  if (const auto found = permits_.find(serial); found != permits_.end()) found->second.closed = true;
}

std::optional<fencing_token> lane_permits::begin(const lane_key& lane, time_point now) {
  if (now >= end_) return std::nullopt;
  const auto may = [&lane](const auto& entry) { return !entry.second.closed && entry.second.turn.lane == lane; };
  const auto found = std::ranges::find_if(permits_, may);
  if (found == permits_.end()) return std::nullopt;
  ++found->second.running;
  return found->first;
}

void lane_permits::end(fencing_token serial, duration busy) {
  const auto found = permits_.find(serial);
  if (found == permits_.end()) return;
  auto& one = found->second;
  --one.running;
  one.busy += busy;
  if (one.turn.quantum > duration{0} && one.busy >= one.turn.quantum) one.closed = true;
}

void lane_permits::take_spent(std::vector<spent_permit>& out) {
  for (auto at = permits_.begin(); at != permits_.end();) {
    const auto& one = at->second;
    if (!one.closed || one.running > 0) {
      ++at;
      continue;
    }
    out.push_back({at->first, one.busy});
    at = permits_.erase(at);
  }
}

}  // namespace dunlin
