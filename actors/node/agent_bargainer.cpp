// SPDX-License-Identifier: Apache-2.0
#include "actors/node/agent_bargainer.hpp"

#include <variant>

namespace dunlin {

void agent_bargainer::hear(const bargain_request& request, const work_seen& work) {
  const auto now = node_->now();
  auto& speaks = bidder_of(request);
  measure(work, now);
  const auto& coordinator = node_->coordinators[request.device.value];
  if (const auto* call = std::get_if<call_for_bids>(&request.said)) {
    caf::anon_send(coordinator, speaks.bid(*call, now));
  } else {
    const auto& offer = std::get<share_offer>(request.said);
    share_milli_ = offer.compute_milli;
    caf::anon_send(coordinator, speaks.answer(offer, now));
  }
}

/// Another wish is another task.
bidder& agent_bargainer::bidder_of(const bargain_request& request) {
  const bool same = measured_ && wish_ == request.wish;
  if (!same) {
    wish_ = request.wish;
    measured_.emplace(request.agent, wish_);
    own_ = kind_.make_bidder ? kind_.make_bidder(request.agent, wish_) : nullptr;
    steps_ = 0;
    measured_at_ = {};
    share_milli_ = wish_.compute_milli;
  }
  return own_ ? *own_ : *measured_;
}

void agent_bargainer::measure(const work_seen& work, time_point now) {
  if (measured_at_ != time_point{} && work.steps_ended > steps_)
    measured_->on_step((now - measured_at_) / static_cast<duration::rep>(work.steps_ended - steps_), share_milli_);
  steps_ = work.steps_ended;
  measured_at_ = now;
  if (work.steps_left) measured_->set_work(*work.steps_left, work.deadline);
}

}  // namespace dunlin
