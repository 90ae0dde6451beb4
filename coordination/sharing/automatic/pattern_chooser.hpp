// SPDX-License-Identifier: Apache-2.0
// Which pattern a device is shared by, from the demand that is seen: the one with the lowest forecast of the agents'
// mean slowdown (`forecast.hpp` states the objective and the model). Forecasts of the last looks are averaged, of all
// since other agents came or some went away for good, and then of about ten: so what is there for a moment does not
// decide.
//
// No flapping: it looks at most once in `look_every`, and changes only where that is expected to make agents faster by
// `least_gain`; by more, the sooner after the last change: by least_gain × stay_for / the time since. So a switch every
// t < stay_for takes demand that makes each of them worth stay_for / t times the least gain.
// Bounded: one number for each candidate and the agents' names are kept. A look is played in parts of at most
// `part_events`, one in `part_every`, so that whoever asks the chooser goes on soon; after a look of n events comes a
// rest of n × `rest_per_event`, so that looks take only a part of the time, however many agents there are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/automatic/forecast.hpp"
#include "coordination/sharing/contract/choice_view.hpp"

namespace dunlin {

struct chooser_terms {
  /// Quantum, burst and the like, whatever the pattern. Its pattern is in force at first: the one that is far from the
  /// best for the fewest mixes, as long as nothing is known.
  share_options options = {.pattern = sharing_pattern::collaborative};
  std::vector<sharing_pattern> candidates = all_patterns();
  forecast_terms forecast = {};
  duration look_every = 250ms;      ///< from the begin of one to that of the next, at least
  std::uint64_t part_events = 200;  ///< that are played in one call
  duration part_every = 2ms;
  duration rest_per_event = 15us;
  duration stay_for = 4s;    ///< after which the least gain is enough for a switch
  double least_gain = 0.02;  ///< 0.02 = agents are expected to be 2 % faster
  /// Of an agent that nobody has seen and that may come with a short job at any time; 0 = nobody comes. A pattern that
  /// is best for those who are there, but lets whoever comes wait, has to be better by that much.
  std::uint32_t somebody_weight = 10;
};

/// Thread: the owner's.
class DUNLIN_EXPORT pattern_chooser {
 public:
  /// Errors: invalid_argument (no candidate, times or gain out of range).
  static result<pattern_chooser> make(chooser_terms terms);

  /// When `begin_look` or `go_on` has something to do next.
  [[nodiscard]] time_point next_step() const noexcept { return next_step_; }
  [[nodiscard]] bool is_looking() const noexcept { return look_.has_value(); }

  /// Looks at the demand from now on, bit by bit. Nobody there is no reason to look; a look under way ends first.
  void begin_look(device_demand demand, time_point now);

  /// Plays the next part of the look if it is time to. Returns how the device is to be shared from now on; none = as it
  /// is.
  std::optional<share_options> go_on(time_point now);

  /// What was chosen cannot be put into force: this one stays.
  void stay_with(sharing_pattern in_force) noexcept { terms_.options.pattern = in_force; }

  [[nodiscard]] sharing_pattern pattern() const noexcept { return terms_.options.pattern; }
  [[nodiscard]] choice_view explain(time_point now) const;

 private:
  /// A look under way.
  struct look {
    device_demand demand;
    time_point begun;
    std::optional<forecast> play;  ///< of the candidate at hand
    std::uint64_t events = 0;      ///< that were played before it
    std::vector<double> expected;  ///< of the candidates so far
  };

  explicit pattern_chooser(chooser_terms terms);
  [[nodiscard]] bool play_part();
  void take(const look& seen);
  void count_looks(const device_demand& demand);
  std::optional<share_options> choose(time_point now);
  [[nodiscard]] double gain_needed(time_point now) const;
  [[nodiscard]] const pattern_outlook& current() const;

  chooser_terms terms_;
  std::vector<pattern_outlook> outlook_;  ///< in the order of the candidates, once there was a look
  std::optional<look> look_;
  time_point next_step_{};
  std::optional<time_point> switched_at_;
  std::uint64_t switches_ = 0;
  std::vector<agent_id> agents_;  ///< at the last look
  int looks_ = 0;                 ///< since they changed
};

}  // namespace dunlin
