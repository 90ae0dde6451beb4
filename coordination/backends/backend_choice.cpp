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

/// What its cost is known by: of two ways to use one backend each has its own.
std::string cost_name(const std::string& backend, const std::string& as) {
  return as.empty() ? backend : backend + " with " + as;
}

/// Tells those of one backend from each other.
void name_apart(std::vector<backend_candidate>& candidates, const std::vector<backend_offer>& offers) {
  for (std::size_t i = 0; i < offers.size(); ++i)
    if (std::ranges::count(offers, offers[i].name, &backend_offer::name) > 1)
      candidates[i].name = cost_name(offers[i].name, offers[i].as);
}

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

const circuit_breaker& backend_choice::seen(const breaker_key& key) const {
  const auto found = breakers_.find(key);
  return found == breakers_.end() ? untried_ : found->second;
}

circuit_breaker& backend_choice::breaker_of(const std::string& backend, const std::string& kind) {
  return breakers_.try_emplace({backend, kind}, limits_).first->second;
}

backend_candidate backend_choice::weigh(const backend_wish& wish, const backend_offer& offer, time_point now) const {
  backend_candidate out;
  out.name = offer.name;
  out.transfer = transfer_of(wish.bytes_to_bring, offer.bytes_per_second);
  out.queue = offer.queue;
  out.compute = costs_.estimate(wish.kind, cost_name(offer.name, offer.as), wish.size);
  if (!out.compute) out.compute = offer.declared;
  out.is_trial = offer.worth_trying && !out.compute;
  if (!wish.only.empty() && offer.name != wish.only)
    out.rejecting_term = "the work demands " + wish.only;
  else if (!offer.is_present)
    out.rejecting_term = offer.why_absent.empty() ? "absent" : offer.why_absent;
  else if (!seen({offer.name, {}}).would_allow(now))
    out.rejecting_term = "it failed too often";
  else if (!seen({offer.name, wish.kind}).would_allow(now))
    out.rejecting_term = "it failed too often for '" + wish.kind + "'";
  return out;
}

result<backend_decision> backend_choice::choose(const backend_wish& wish, const std::vector<backend_offer>& offers,
                                                time_point now) {
  backend_decision out;
  for (const auto& offer : offers) out.candidates.push_back(weigh(wish, offer, now));
  name_apart(out.candidates, offers);
  const auto* best = best_of(out.candidates);
  if (best == nullptr) {
    const auto whom = wish.only.empty() ? std::string{"no backend"} : wish.only;
    const auto why = refusals(out.candidates);
    return fail(errc::not_supported, whom + " can run '" + wish.kind + "'" +
                                         (wish.only.empty() ? "" : " now, and no other may") +
                                         (why.empty() ? "" : ": " + why));
  }
  out.offer = static_cast<std::size_t>(best - out.candidates.data());
  out.chosen = offers[out.offer].name;
  out.as = offers[out.offer].as;
  out.use = breaker_of(out.chosen).try_use(now).value_or(0);
  out.use_of_kind = breaker_of(out.chosen, wish.kind).try_use(now).value_or(0);
  out.because = reason_for(*best, out.candidates);
  return out;
}

void backend_choice::on_done(const backend_decision& what, const backend_wish& wish, duration took) {
  breaker_of(what.chosen).on_success(what.use);
  breaker_of(what.chosen, wish.kind).on_success(what.use_of_kind);
  costs_.observe(wish.kind, cost_name(what.chosen, what.as), wish.size, took);
}

/// What the one says is no news of the other.
void backend_choice::on_failed(const backend_decision& what, const backend_wish& wish, failure_source whose,
                               time_point now) {
  auto& of_device = breaker_of(what.chosen);
  auto& of_kind = breaker_of(what.chosen, wish.kind);
  if (whose == failure_source::device) {
    of_device.on_failure(what.use, now);
    of_kind.on_given_up(what.use_of_kind);
  } else {
    of_kind.on_failure(what.use_of_kind, now);
    of_device.on_given_up(what.use);
  }
}

void backend_choice::on_given_up(const backend_decision& what, const backend_wish& wish) {
  breaker_of(what.chosen).on_given_up(what.use);
  breaker_of(what.chosen, wish.kind).on_given_up(what.use_of_kind);
}

breaker_state backend_choice::state_of(const std::string& backend, time_point now) const {
  return seen({backend, {}}).state(now);
}

breaker_state backend_choice::state_of(const std::string& backend, const std::string& kind, time_point now) const {
  return seen({backend, kind}).state(now);
}

}  // namespace dunlin
