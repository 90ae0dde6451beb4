// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/request_check.hpp"

#include <string>

namespace dunlin {

namespace {

result<void> check_boosts(const std::vector<priority_boost>& boosts) {
  if (boosts.size() > most_boosts)
    return fail(errc::invalid_argument, std::to_string(boosts.size()) + " boosts",
                "at most " + std::to_string(most_boosts), "boosts");
  for (std::size_t i = 0; i < boosts.size(); ++i)
    if (boosts[i].by < 1 || boosts[i].by > highest_boosted)
      return fail(errc::invalid_argument, "a boost by " + std::to_string(boosts[i].by), "1 to 9",
                  "boosts[" + std::to_string(i) + "].by");
  return {};
}

result<void> check_wish(const share_wish& wish, const device_capacity& device) {
  if (wish.hold < duration{0}) return fail(errc::invalid_argument, "a negative time", {}, "wish.hold");
  if (wish.weight < 1 || wish.weight > 1'000)
    return fail(errc::invalid_argument, "weight " + std::to_string(wish.weight), "1 to 1000", "wish.weight");
  if (wish.compute_milli == 0)
    return fail(errc::invalid_argument, "a share of nothing", "1 to 1000", "wish.compute_milli");
  if (wish.compute_milli > 1'000)
    return fail(errc::infeasible, std::to_string(wish.compute_milli) + " milli of one device", "at most 1000",
                "wish.compute_milli");
  if (wish.most_milli != 0 && (wish.most_milli < wish.compute_milli || wish.most_milli > 1'000))
    return fail(
        errc::invalid_argument,
        "at least " + std::to_string(wish.compute_milli) + " and at most " + std::to_string(wish.most_milli) + " milli",
        "the most is at least the least and at most 1000", "wish.most_milli");
  if (wish.memory_bytes > device.memory_bytes)
    return fail(
        errc::infeasible,
        "asked " + std::to_string(wish.memory_bytes) + " bytes, the device has " + std::to_string(device.memory_bytes),
        {}, "wish.memory_bytes");
  return {};
}

}  // namespace

result<void> check_request(const share_request& asked, const device_capacity& device) {
  if (!asked.holder) return fail(errc::invalid_argument, "a share needs a holder", {}, "holder");
  if (asked.priority < 1 || asked.priority > 10)
    return fail(errc::invalid_argument, "priority " + std::to_string(asked.priority), "1 to 10", "priority");
  if (auto checked = check_boosts(asked.boosts); !checked) return checked;
  if (asked.patience < duration{0}) return fail(errc::invalid_argument, "a negative time", {}, "patience");
  return check_wish(asked.wish, device);
}

result<void> check_reservation(const share_reservation& wanted, const arbiter_config& config, time_point now) {
  if (!wanted.agent) return fail(errc::invalid_argument, "a reservation needs an agent", {}, "agent");
  if (wanted.from < now) return fail(errc::invalid_argument, "a reservation that begins in the past", {}, "from");
  if (wanted.until <= wanted.from) return fail(errc::invalid_argument, "a reservation of no time", {}, "until");
  if (wanted.until - now > config.terms.reserve_ahead)
    return fail(errc::invalid_argument, "a reservation so far ahead",
                "it may end in " + std::to_string(config.terms.reserve_ahead / 1s) + " s at most", "until");
  if (wanted.claim_within <= duration{0})
    return fail(errc::invalid_argument, "no time to claim a reservation", {}, "claim_within");
  return check_wish(wanted.wish, config.capacity);
}

}  // namespace dunlin
