// SPDX-License-Identifier: Apache-2.0
// Which pattern a device is shared by, from the demand that is seen: the one with the lowest forecast of the agents'
// mean slowdown (`forecast.hpp` states the objective and the model). Forecasts of the last looks are averaged, of all
// since other agents came or some went away for good, and then of about ten: so what is there for a moment does not
// decide.
//
// No flapping: it looks at most once in `look_every`, and changes only where that is expected to make agents faster by
// `least_gain`; by more, the sooner after the last change: by least_gain × stay_for / the time since. So a switch every
// t < stay_for takes demand that makes each of them worth stay_for / t times the least gain.
// Bounded: one number for each candidate and the agents' names are kept; a look costs at most `forecast_terms::events`
// × 4 events for each candidate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/automatic/forecast.hpp"

namespace dunlin {

/// Returns the five of them.
DUNLIN_EXPORT std::vector<sharing_pattern> all_patterns();

struct chooser_terms {
  /// Quantum, burst and the like, whatever the pattern. Its pattern is in force at first: the one that is far from the
  /// best for the fewest mixes, as long as nothing is known.
  share_options options = {.pattern = sharing_pattern::collaborative};
  std::vector<sharing_pattern> candidates = all_patterns();
  forecast_terms forecast = {};
  duration look_every = 250ms;
  duration stay_for = 4s;    ///< after which the least gain is enough for a switch
  double least_gain = 0.02;  ///< 0.02 = agents are expected to be 2 % faster
};

/// What is expected of one candidate.
struct pattern_outlook {
  sharing_pattern pattern = sharing_pattern::any;
  double slowdown = 0;  ///< weighted geometric mean over the agents; 0 = the pattern cannot be used here
};

/// Why the pattern in force is in force, in words.
struct choice_explanation {
  std::string summary;                   ///< one sentence
  std::string change;                    ///< what would change it
  std::vector<pattern_outlook> outlook;  ///< the best first; empty before the first look
};

/// Thread: the owner's.
class DUNLIN_EXPORT pattern_chooser {
 public:
  /// Errors: invalid_argument (no candidate, times or gain out of range).
  static result<pattern_chooser> make(chooser_terms terms);

  /// Looks at the demand if it is time to. Returns how the device is to be shared from now on; none = as it is.
  std::optional<share_options> on_demand(const device_demand& demand, time_point now);

  /// When `on_demand` looks next.
  [[nodiscard]] time_point next_look() const noexcept { return next_look_; }

  [[nodiscard]] sharing_pattern pattern() const noexcept { return terms_.options.pattern; }
  [[nodiscard]] choice_explanation explain(time_point now) const;

 private:
  explicit pattern_chooser(chooser_terms terms);
  void look(const device_demand& demand);
  [[nodiscard]] double gain_needed(time_point now) const;
  void count_looks(const device_demand& demand);
  [[nodiscard]] const pattern_outlook& current() const;

  chooser_terms terms_;
  std::vector<pattern_outlook> outlook_;  ///< in the order of the candidates, once there was a look
  time_point next_look_{};
  std::optional<time_point> switched_at_;
  std::vector<agent_id> agents_;  ///< at the last look
  int looks_ = 0;                 ///< since they changed
};

}  // namespace dunlin
