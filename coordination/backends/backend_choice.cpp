// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/backend_choice.hpp"

#include <algorithm>

namespace dunlin {

namespace {

duration transfer_of(std::uint64_t bytes, double bytes_per_second) {
  if (bytes == 0 || bytes_per_second <= 0) return {};
  return duration{static_cast<duration::rep>(static_cast<double>(bytes) / bytes_per_second * 1e9)};
}

std::string refusals(const std::vector<backend_candidate>& candidates) {
  std::string out;
  for (const auto& one : candidates) {
    if (one.rejecting_term.empty()) continue;
    out += out.empty() ? "" : "; ";
    out += one.name + ": " + one.rejecting_term;
  }
  return out;
}

std::string in_us(duration time) { return std::to_string(time.count() / 1'000) + " us"; }

/// Of those whose cost is known the cheapest; what is not known may cost anything, so it is tried only where nothing
/// is, or where it is said to be worth it.
const backend_candidate* best_of(const std::vector<backend_candidate>& candidates) {
  const backend_candidate* best = nullptr;
  const backend_candidate* unknown = nullptr;
  for (const auto& one : candidates) {
    if (!one.rejecting_term.empty()) continue;
    if (one.is_trial) return &one;
    if (!one.compute)
      unknown = unknown == nullptr ? &one : unknown;
    else if (best == nullptr || one.total() < best->total())
      best = &one;
  }
  return best != nullptr ? best : unknown;
}

std::string reason_for(const backend_candidate& chosen, const std::vector<backend_candidate>& candidates) {
  const auto eligible = std::ranges::count_if(candidates, [](const auto& one) { return one.rejecting_term.empty(); });
  if (eligible == 1) return "the only one that can run it";
  if (chosen.is_trial) return "tried until it is known what it costs";
  if (!chosen.compute) return "the first named, until it is known what it costs";
  return "done first: " + in_us(chosen.transfer) + " transfer, " + in_us(chosen.queue) + " queue, " +
         in_us(*chosen.compute) + " compute";
}

}  // namespace

const circuit_breaker& backend_choice::breaker_of(const std::string& backend) const {
  const auto found = breakers_.find(backend);
  return found == breakers_.end() ? untried_ : found->second;
}

backend_candidate backend_choice::weigh(const backend_wish& wish, const backend_offer& offer, time_point now) const {
  backend_candidate out;
  out.name = offer.name;
  out.transfer = transfer_of(wish.bytes_to_bring, offer.bytes_per_second);
  out.queue = offer.queue;
  out.compute = costs_.estimate(wish.kind, offer.name, wish.size);
  if (!out.compute) out.compute = offer.declared;
  out.is_trial = offer.worth_trying && !out.compute;
  if (!wish.only.empty() && offer.name != wish.only)
    out.rejecting_term = "the work demands " + wish.only;
  else if (!offer.is_present)
    out.rejecting_term = offer.why_absent.empty() ? "absent" : offer.why_absent;
  else if (!breaker_of(offer.name).would_allow(now))
    out.rejecting_term = "it failed too often";
  return out;
}

result<backend_decision> backend_choice::choose(const backend_wish& wish, const std::vector<backend_offer>& offers,
                                                time_point now) {
  backend_decision out;
  for (const auto& offer : offers) out.candidates.push_back(weigh(wish, offer, now));
  const auto* best = best_of(out.candidates);
  if (best == nullptr) {
    const auto whom = wish.only.empty() ? std::string{"no backend"} : wish.only;
    const auto why = refusals(out.candidates);
    return fail(errc::not_supported, whom + " can run '" + wish.kind + "'" +
                                         (wish.only.empty() ? "" : " now, and no other may") +
                                         (why.empty() ? "" : ": " + why));
  }
  out.use = breakers_.try_emplace(best->name, limits_).first->second.try_use(now).value_or(0);
  out.chosen = best->name;
  out.because = reason_for(*best, out.candidates);
  return out;
}

void backend_choice::on_done(const backend_decision& what, const backend_wish& wish, duration took) {
  breakers_.try_emplace(what.chosen, limits_).first->second.on_success(what.use);
  costs_.observe(wish.kind, what.chosen, wish.size, took);
}

void backend_choice::on_failed(const backend_decision& what, time_point now) {
  breakers_.try_emplace(what.chosen, limits_).first->second.on_failure(what.use, now);
}

void backend_choice::on_given_up(const backend_decision& what) {
  breakers_.try_emplace(what.chosen, limits_).first->second.on_given_up(what.use);
}

breaker_state backend_choice::state_of(const std::string& backend, time_point now) const {
  return breaker_of(backend).state(now);
}

}  // namespace dunlin
