// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/measured_bidder.hpp"

#include <algorithm>
#include <cmath>

namespace dunlin {

namespace {

constexpr std::uint32_t whole_device = 1'000;
constexpr int smoothed_over = 8;  // steps
constexpr std::uint32_t in_time_is_worth = 10;

/// Returns by how many thousandths earlier work ends.
std::uint32_t gain(std::uint32_t from_milli, std::uint32_t to_milli) noexcept {
  return 1'000 - 1'000 * from_milli / std::max(to_milli, 1U);
}

}  // namespace

void measured_bidder::on_step(duration took, std::uint32_t compute_milli) {
  const auto alone = took * std::min(compute_milli, whole_device) / whole_device;
  step_ = step_ == duration{0} ? alone : step_ + (alone - step_) / smoothed_over;
}

void measured_bidder::set_work(std::uint64_t steps, std::optional<time_point> deadline) {
  steps_ = steps;
  deadline_ = deadline;
}

share_bid measured_bidder::bid(const call_for_bids& call, time_point now) {
  share_bid out;
  out.call = call.call;
  out.bidder = agent_;
  out.least_milli = bid_least_ = needed(now);
  out.most_milli = useful(now);
  if (deadline_ && *deadline_ > now) out.needed_for = *deadline_ - now;
  for (auto at = out.least_milli; at < out.most_milli; at += share_bid::step_milli)
    out.values.push_back(gain(at, at + share_bid::step_milli));
  return out;
}

share_answer measured_bidder::answer(const share_offer& offer, time_point now) {
  share_answer out;
  out.call = offer.call;
  out.round = offer.round;
  out.from = agent_;
  const auto need = needed(now);
  const auto most = useful(now);
  const bool too_little = offer.compute_milli * 20 < need * 19 && need > bid_least_;
  out.accept = !too_little && offer.compute_milli <= most;
  if (out.accept) return out;
  out.compute_milli = too_little ? need : most;
  const auto parts = (need - std::min(need, offer.compute_milli) + share_bid::step_milli - 1) / share_bid::step_milli;
  if (too_little) out.value = in_time_is_worth * gain(offer.compute_milli, need) / parts;
  return out;
}

/// Late is late: work whose deadline has passed is needed as soon as can be.
std::uint32_t measured_bidder::needed(time_point now) const noexcept {
  if (steps_ == 0U) return 0;
  if (!steps_ || !deadline_ || step_ == duration{0}) return wish_.compute_milli;
  const auto left = static_cast<double>((*deadline_ - now).count());
  const auto work = static_cast<double>(*steps_) * static_cast<double>(step_.count());
  return left <= 0 ? whole_device
                   : static_cast<std::uint32_t>(std::clamp(std::ceil(whole_device * work / left), 1.0, 1e3));
}

std::uint32_t measured_bidder::useful(time_point now) const noexcept {
  return steps_ == 0U ? 0 : std::max({needed(now), wish_.compute_milli, wish_.most_milli});
}

}  // namespace dunlin
