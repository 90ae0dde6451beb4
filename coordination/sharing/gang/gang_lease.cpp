// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/gang/gang_lease.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

constexpr std::size_t most_parts = 64;

std::string device_text(device_id device) { return "device " + std::to_string(device.value); }

result<void> check(const gang_request& wanted, const gang_terms& terms) {
  if (!wanted.holder) return fail(errc::invalid_argument, "a gang needs a holder", {}, "holder");
  if (wanted.priority < 1 || wanted.priority > 10)
    return fail(errc::invalid_argument, "priority " + std::to_string(wanted.priority), "1 to 10", "priority");
  if (wanted.parts.empty() || wanted.parts.size() > most_parts)
    return fail(errc::invalid_argument, std::to_string(wanted.parts.size()) + " parts", "1 to 64", "parts");
  if (terms.attempt <= duration{0} || terms.attempts == 0 || terms.aging_step <= duration{0} ||
      terms.pause <= duration{0})
    return fail(errc::invalid_argument, "a gang without time", "all of them are above 0", "terms");
  for (std::size_t i = 0; i < wanted.parts.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      if (wanted.parts[before].device == wanted.parts[i].device)
        return fail(errc::invalid_argument, device_text(wanted.parts[i].device) + " stands there twice",
                    "ask for one share of each device", "parts[" + std::to_string(i) + "].device");
  return {};
}

/// Another attempt would end the same way.
bool is_final(errc code) noexcept {
  switch (code) {
    case errc::infeasible:
    case errc::invalid_argument:
    case errc::conflict:
    case errc::not_found:
    case errc::not_supported:
    case errc::device_lost:
      return true;
    default:
      return false;
  }
}

}  // namespace

result<gang_lease> gang_lease::make(const gang_request& wanted, const gang_terms& terms, time_point now,
                                    gang_effects& out) {
  if (auto checked = check(wanted, terms); !checked) return fail(std::move(checked.error()));
  gang_lease gang{wanted, terms, now};
  gang.begin_attempt(now, out);
  return gang;
}

gang_lease::gang_lease(const gang_request& wanted, const gang_terms& terms, time_point now)
    : holder_(wanted.holder), priority_(wanted.priority), terms_(terms), since_(now) {
  for (const auto& each : wanted.parts) parts_.push_back({each});
  std::ranges::sort(parts_, {}, [](const part& each) { return each.wanted.device; });
}

// -- gathering

void gang_lease::begin_attempt(time_point now, gang_effects& out) {
  ++attempt_;
  until_ = now + terms_.attempt;
  go_on(now, out);
}

/// Asks for the first part that is missing; none is missing: the gang is complete.
void gang_lease::go_on(time_point now, gang_effects& out) {
  const auto next = std::ranges::find_if(parts_, [](const part& each) { return each.phase != part_phase::held; });
  if (next == parts_.end()) {
    const bool was_paused = std::exchange(state_, gang_state::working) == gang_state::paused;
    out.emplace_back(was_paused ? gang_effect{gang_resumed{holder_, contracts()}}
                                : gang_effect{gang_granted{holder_, contracts()}});
  } else if (next->phase == part_phase::idle) {
    next->phase = part_phase::asked;
    out.emplace_back(ask_part{holder_, next->wanted.device, next->wanted.wish, priority_at(now)});
  }
}

std::uint8_t gang_lease::priority_at(time_point now) const noexcept {
  const auto aged = priority_ + std::max(now - since_, duration{0}) / terms_.aging_step;
  return static_cast<std::uint8_t>(std::min<duration::rep>(aged, 10));
}

void gang_lease::on_granted(const share_contract& contract, time_point now, gang_effects& out) {
  auto* one = find(contract.device);
  if (state_ == gang_state::ended || one == nullptr || one->phase != part_phase::asked) {
    out.emplace_back(return_part{holder_, contract.device, contract.token});
    return;
  }
  one->phase = part_phase::held;
  one->contract = contract;
  go_on(now, out);
}

void gang_lease::on_refused(device_id device, const error& why, time_point now, gang_effects& out) {
  auto* one = find(device);
  if (state_ != gang_state::gathering || one == nullptr || one->phase != part_phase::asked) return;
  one->phase = part_phase::idle;
  if (is_final(why.code)) return refuse(why, out);
  try_again(why, now, out);
}

void gang_lease::try_again(const error& why, time_point now, gang_effects& out) {
  give_back(out);
  if (attempt_ < terms_.attempts) return begin_attempt(now, out);
  refuse(
      error{errc::timeout, "the gang was not complete after " + std::to_string(attempt_) + " attempts: " + why.context,
            "ask for less or for fewer devices, or wait until others have ended"},
      out);
}

void gang_lease::refuse(error why, gang_effects& out) {
  give_back(out);
  state_ = gang_state::ended;
  out.emplace_back(gang_refused{holder_, std::move(why)});
}

void gang_lease::tick(time_point now, gang_effects& out) {
  const auto missing = waits_for();
  if (!missing || now < until_) return;
  const error why{errc::timeout, "waited for " + device_text(*missing)};
  if (state_ == gang_state::gathering) return try_again(why, now, out);
  lose(*missing, why, out);
}

std::optional<time_point> gang_lease::next_deadline() const noexcept {
  if (!waits_for()) return std::nullopt;
  return until_;
}

// -- having it

void gang_lease::on_changed(const share_contract& contract, time_point now, gang_effects& out) {
  auto* one = find(contract.device);
  if (one == nullptr || (one->phase != part_phase::held && one->phase != part_phase::parked)) return;
  one->contract = contract;
  if (std::exchange(one->phase, part_phase::held) == part_phase::parked) go_on(now, out);
}

void gang_lease::on_parked(device_id device, time_point now, gang_effects& out) {
  auto* one = find(device);
  if (one == nullptr || one->phase != part_phase::held) return;
  one->phase = part_phase::parked;
  if (state_ != gang_state::working) return;
  state_ = gang_state::paused;
  until_ = now + terms_.pause;
  out.emplace_back(gang_paused{holder_, device});
}

void gang_lease::on_revoked(device_id device, const error& why, time_point now, gang_effects& out) {
  auto* one = find(device);
  if (one == nullptr || (one->phase != part_phase::held && one->phase != part_phase::parked)) return;
  one->phase = part_phase::idle;  // there is nothing to give back
  if (state_ == gang_state::gathering) return try_again(why, now, out);
  lose(device, why, out);
}

void gang_lease::on_device_lost(device_id device, const std::string& why, gang_effects& out) {
  auto* one = find(device);
  if (state_ == gang_state::ended || one == nullptr) return;
  one->phase = part_phase::idle;  // there is nobody to give it back to
  error said{errc::device_lost, device_text(device) + ": " + why};
  if (state_ == gang_state::gathering) return refuse(std::move(said), out);
  lose(device, std::move(said), out);
}

void gang_lease::lose(device_id device, error why, gang_effects& out) {
  give_back(out);
  state_ = gang_state::ended;
  out.emplace_back(gang_lost{holder_, device, std::move(why)});
}

// -- the end

void gang_lease::release(gang_effects& out) {
  give_back(out);
  state_ = gang_state::ended;
}

/// The last one first, so that whoever waits in order meets no part that is held but about to be given back.
void gang_lease::give_back(gang_effects& out) {
  for (auto each = parts_.rbegin(); each != parts_.rend(); ++each) {
    const auto was = std::exchange(each->phase, part_phase::idle);
    if (was == part_phase::idle) continue;
    const auto token = was == part_phase::asked ? fencing_token{0} : each->contract.token;
    out.emplace_back(return_part{holder_, each->wanted.device, token});
  }
}

// -- reading

gang_lease::part* gang_lease::find(device_id device) noexcept {
  const auto at = std::ranges::find_if(parts_, [&](const part& each) { return each.wanted.device == device; });
  return at == parts_.end() ? nullptr : &*at;
}

std::vector<share_contract> gang_lease::contracts() const {
  std::vector<share_contract> out;
  for (const auto& each : parts_) out.emplace_back(each.contract);
  return out;
}

std::optional<device_id> gang_lease::waits_for() const noexcept {
  if (state_ != gang_state::gathering && state_ != gang_state::paused) return std::nullopt;
  const auto next = std::ranges::find_if(parts_, [](const part& each) { return each.phase != part_phase::held; });
  return next->wanted.device;
}

std::string gang_lease::in_words() const {
  std::string held;
  for (const auto& each : parts_)
    if (each.phase == part_phase::held)
      held += (held.empty() ? "has devices " : ", ") + std::to_string(each.wanted.device.value);
  const auto next = waits_for();
  if (!next) return held.empty() ? "has ended" : held;
  if (state_ == gang_state::paused) return held + " and is paused until " + device_text(*next) + " is there again";
  return (held.empty() ? "has nothing" : held) + " and waits for " + device_text(*next) + " (attempt " +
         std::to_string(attempt_) + " of " + std::to_string(terms_.attempts) + ")";
}

}  // namespace dunlin
