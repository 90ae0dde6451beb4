// SPDX-License-Identifier: Apache-2.0
// What a device's agents can expect of a pattern. The pattern is rehearsed in virtual time, with the objects that
// decide on the device itself, by agents that go on as they have done: so the forecast knows every rule of every
// pattern, and nothing has to be kept in step with them.
//
// The objective. An agent's slowdown is the time during which it had a job, over the time that the steps it ran would
// have taken on a device of its own. What a pattern costs is the geometric mean of the slowdowns, weighted by the
// agents' weights: that is proportional fairness, in which who has nothing outweighs all that others can gain, twice as
// slow counts alike for a short and for a long job, and the best that can be done with a device that can be split at
// will is shares in proportion to the weights. Throughput is in it: time that no agent uses is slowness of somebody.
//
// The model. A step on more units is shorter in proportion, up to the units that its agent can use; a unit that changes
// its agent loses `hand_over`; jobs are as long, and as far apart, as they usually are.
// Source: Kelly, Maulloo and Tan, Rate control for communication networks, J. Oper. Res. Soc. 1998 (the objective).
#pragma once

#include <memory>
#include <span>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/automatic/device_demand.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

struct forecast_terms {
  lease_terms leases = {};    ///< of which max_hold and aging_step count
  duration hand_over = 50us;  ///< that a unit loses when another agent's step begins on it
  duration least_ahead = 1s;
  duration most_ahead = 30s;     ///< how far the forecast goes; between the two, as far as three rounds of all jobs
  std::uint32_t events = 1'000;  ///< to which a forecast is tuned; four times as many end it
};

/// What one agent has to do, had and got of it.
struct job_progress {
  std::uint32_t weight = 100;
  duration wanted{0};    ///< with a job
  duration alone{0};     ///< what the steps that it ran would have taken on a device of its own
  duration one_step{1};  ///< likewise, one of them
};

/// Returns the weighted geometric mean of the slowdowns, at least 1. Whoever ran nothing counts as if it had run one
/// step; whoever wanted nothing does not count.
DUNLIN_EXPORT double mean_slowdown(std::span<const job_progress> agents);

/// A forecast that is made bit by bit, so that nobody waits for it. Thread: the owner's.
class DUNLIN_EXPORT forecast {
 public:
  /// Errors: as `make_rule`.
  static result<forecast> make(device_demand demand, const share_options& options, const forecast_terms& terms);
  ~forecast();
  forecast(forecast&&) noexcept;
  forecast& operator=(forecast&&) noexcept;

  /// Plays at most so many events more, at least one. Returns true once the forecast is made.
  bool go_on(std::uint64_t events);

  /// Returns how many events were played.
  [[nodiscard]] std::uint64_t played() const noexcept;

  /// Returns the mean slowdown that agents can expect, as far as was played.
  [[nodiscard]] double slowdown() const;

 private:
  explicit forecast(std::unique_ptr<class rehearsal> play) noexcept;
  std::unique_ptr<class rehearsal> play_;
};

/// Returns the mean slowdown that agents can expect, at once. Errors: as `make_rule`.
DUNLIN_EXPORT result<double> forecast_slowdown(const device_demand& demand, const share_options& options,
                                               const forecast_terms& terms);

}  // namespace dunlin
