// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/pattern_chooser.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace dunlin {

namespace {

constexpr int most_looks = 10;
constexpr double unusable = 0;

bool is_better(const pattern_outlook& one, const pattern_outlook& other) {
  if ((one.slowdown == unusable) != (other.slowdown == unusable)) return other.slowdown == unusable;
  return one.slowdown < other.slowdown;
}

/// A short job may come at any time, of an agent that nobody has seen: who lets it wait for long is no good choice.
agent_demand somebody(const device_capacity& capacity, std::uint32_t weight) {
  agent_demand out;
  out.stranger = true;
  out.wish.compute_milli = 1'000 / std::max(capacity.compute_units, 1U);
  out.wish.weight = weight;
  out.wish.interactive = true;
  out.step = 1ms;
  out.job_steps = 5;
  out.back_in = 500ms;
  return out;
}

std::string text(double number) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.2f", number);
  return out.data();
}

std::string text(const pattern_outlook& one) {
  return std::string{to_string(one.pattern)} +
         (one.slowdown == unusable ? " cannot be used" : " " + text(one.slowdown));
}

}  // namespace

result<pattern_chooser> pattern_chooser::make(chooser_terms terms) {
  auto& candidates = terms.candidates;
  const auto has = [&](sharing_pattern one) { return std::ranges::count(candidates, one) == 1; };
  if (!has(terms.options.pattern))
    return fail(errc::invalid_argument, std::string{to_string(terms.options.pattern)} + " is in force, not a candidate",
                "name it among them, once", "candidates");
  if (has(sharing_pattern::any)) return fail(errc::invalid_argument, "any is no pattern", {}, "candidates");
  if (std::min({terms.look_every, terms.part_every, terms.rest_per_event}) <= duration{0} ||
      terms.stay_for < duration{0} || terms.part_events == 0)
    return fail(errc::invalid_argument, "a look takes time", "more than 0", "look_every");
  if (terms.somebody_weight > 1'000)
    return fail(errc::invalid_argument, "a weight of " + std::to_string(terms.somebody_weight), "0 to 1000",
                "somebody_weight");
  if (!(terms.least_gain >= 0 && terms.least_gain <= 1))
    return fail(errc::invalid_argument, "a gain of " + text(terms.least_gain), "0 to 1", "least_gain");
  return pattern_chooser{std::move(terms)};
}

pattern_chooser::pattern_chooser(chooser_terms terms) : terms_(std::move(terms)) {}

void pattern_chooser::begin_look(device_demand demand, time_point now) {
  if (look_ || now < next_step_) return;
  if (demand.agents.empty()) {
    next_step_ = now + terms_.look_every;
    return;
  }
  if (terms_.somebody_weight > 0) demand.agents.push_back(somebody(demand.capacity, terms_.somebody_weight));
  look_.emplace(look{std::move(demand), now, {}, 0, {}});
}

std::optional<share_options> pattern_chooser::go_on(time_point now) {
  if (!look_ || now < next_step_) return std::nullopt;
  next_step_ = now + terms_.part_every;
  if (!play_part()) return std::nullopt;
  const auto rest = terms_.rest_per_event * static_cast<duration::rep>(look_->events);
  next_step_ = std::max(look_->begun + terms_.look_every, now + rest);
  take(*look_);
  look_.reset();
  return choose(now);
}

/// Returns true at the end of the look.
bool pattern_chooser::play_part() {
  auto& now_played = *look_;
  if (!now_played.play) {
    auto options = terms_.options;
    options.pattern = terms_.candidates[now_played.expected.size()];
    auto made = forecast::make(now_played.demand, options, terms_.forecast);
    if (made)
      now_played.play.emplace(std::move(*made));
    else
      now_played.expected.push_back(unusable);
  }
  if (auto& play = now_played.play; play && play->go_on(terms_.part_events)) {
    now_played.expected.push_back(play->slowdown());
    now_played.events += play->played();
    play.reset();
  }
  return now_played.expected.size() == terms_.candidates.size();
}

std::optional<share_options> pattern_chooser::choose(time_point now) {
  const auto& best = *std::ranges::min_element(outlook_, is_better);
  const auto& own = current();
  const bool gains = own.slowdown == unusable || own.slowdown >= best.slowdown * (1 + gain_needed(now));
  if (best.slowdown == unusable || best.pattern == own.pattern || !gains) return std::nullopt;
  switched_at_ = now;
  ++switches_;
  terms_.options.pattern = best.pattern;
  return terms_.options;
}

double pattern_chooser::gain_needed(time_point now) const {
  if (!switched_at_) return terms_.least_gain;
  const auto since = std::max(now - *switched_at_, duration{1});
  return terms_.least_gain *
         std::max(1.0, static_cast<double>(terms_.stay_for.count()) / static_cast<double>(since.count()));
}

/// Averages are of logarithms: twice as slow once and twice as fast once are as before.
void pattern_chooser::take(const look& seen) {
  if (outlook_.empty())
    for (const auto pattern : terms_.candidates) outlook_.push_back({pattern, unusable});
  count_looks(seen.demand);
  for (std::size_t i = 0; i < outlook_.size(); ++i) {
    auto& slowdown = outlook_[i].slowdown;
    const auto expected = seen.expected[i];
    if (expected == unusable || slowdown == unusable)
      slowdown = expected;
    else
      slowdown *= std::pow(expected / slowdown, 1.0 / looks_);
  }
}

void pattern_chooser::count_looks(const device_demand& demand) {
  std::vector<agent_id> agents;
  agents.reserve(demand.agents.size());
  for (const auto& one : demand.agents)
    if (!one.stranger) agents.push_back(one.agent);
  std::ranges::sort(agents);
  looks_ = agents == agents_ ? std::min(looks_ + 1, most_looks) : 1;
  agents_ = std::move(agents);
}

const pattern_outlook& pattern_chooser::current() const {
  return *std::ranges::find(outlook_, terms_.options.pattern, &pattern_outlook::pattern);
}

choice_view pattern_chooser::explain(time_point now) const {
  choice_view out;
  out.automatic = true;
  out.switches = switches_;
  const auto own = std::string{to_string(terms_.options.pattern)};
  if (outlook_.empty()) {
    out.summary = own + " is in force; nobody has asked for the device yet";
    out.change = "there is demand";
    return out;
  }
  out.outlook = outlook_;
  std::ranges::stable_sort(out.outlook, is_better);
  out.summary = "of " + std::to_string(agents_.size()) + " agents' mean slowdown, the forecast is";
  for (const auto& one : out.outlook) out.summary += (&one == &out.outlook.front() ? " " : ", ") + text(one);
  out.summary += "; " + own + " is in force";
  const auto other = std::ranges::find_if(out.outlook, [this](const auto& one) { return one.pattern != pattern(); });
  if (other == out.outlook.end() || other->slowdown == unusable || current().slowdown == unusable) return out;
  out.change = std::string{to_string(other->pattern)} + " is expected to be at " +
               text(current().slowdown / (1 + gain_needed(now))) + " or below";
  if (gain_needed(now) > terms_.least_gain) out.change += "; a little more is enough as time passes without a switch";
  return out;
}

}  // namespace dunlin
