// SPDX-License-Identifier: Apache-2.0
// Which backend runs a piece of work: the one that will be done first, by what it costs to bring the data there, to
// wait for its turn, and to compute. Invariants:
//   - work that demands one backend's enforcement runs there or fails at once;
//   - a backend whose breaker is open is not chosen. There is one for what the device itself says of each work, and one
//     for each kind of work, so that a kind whose own code fails keeps nobody else away;
//   - where nothing is known yet, the order in which backends were named decides: the fallback chain;
//   - what is worth trying is tried, in that order, before known costs are compared.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coordination/backends/circuit_breaker.hpp"
#include "coordination/backends/cost_history.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Something that can run the work, as it is now.
struct backend_offer {
  std::string name;  ///< such as `cuda`, `simd`, `scalar`
  std::string as;    ///< with what, such as `2 cores`: the same backend may be offered several ways; may be empty
  bool is_present = true;
  std::string why_absent;              ///< in words, if it is not
  double bytes_per_second = 0;         ///< into its memory; 0 = the data are there
  duration queue{};                    ///< until its turn comes
  std::optional<duration> declared{};  ///< what the work is said to take, while nothing is measured
  bool worth_trying = false;           ///< is tried until its cost is known, even if that of another one is
};

/// A piece of work to be placed.
struct backend_wish {
  std::string kind;
  std::uint64_t size = 1;            ///< what its time grows with
  std::uint64_t bytes_to_bring = 0;  ///< of its data, where they are not there yet
  std::string only;                  ///< the one backend that will do; empty = any
};

/// What was held against or for an offer.
struct backend_candidate {
  std::string name;  ///< with `as`, where that tells it from another one
  duration transfer{};
  duration queue{};
  std::optional<duration> compute;  ///< none = not known
  std::string rejecting_term;       ///< why it cannot be chosen; empty if it can
  bool is_trial = false;            ///< its cost is not known, and worth knowing
  [[nodiscard]] duration total() const noexcept { return transfer + queue + compute.value_or(duration{}); }
};

struct backend_decision {
  std::string chosen;                         ///< the backend
  std::string as;                             ///< of the offer
  std::size_t offer = 0;                      ///< its place among the offers
  std::string because;                        ///< one sentence
  circuit_breaker::use use = 0;               ///< of the backend's breaker
  circuit_breaker::use use_of_kind = 0;       ///< of its breaker for this kind
  std::vector<backend_candidate> candidates;  ///< in the order of the offers
};

/// Whose word it is that something failed.
enum class failure_source : std::uint8_t {
  work,    ///< its own code: other kinds of work may do better there
  device,  ///< the device, whatever runs on it
};

/// Thread: one at a time.
class DUNLIN_EXPORT backend_choice {
 public:
  explicit backend_choice(const breaker_limits& limits = {}) : limits_(limits) {}

  /// Errors: not_supported (the only one that will do is absent or its breaker open, or none is left), with each
  /// backend's reason.
  [[nodiscard]] result<backend_decision> choose(const backend_wish& wish, const std::vector<backend_offer>& offers,
                                                time_point now);

  /// What was chosen has ended.
  void on_done(const backend_decision& what, const backend_wish& wish, duration took);
  void on_failed(const backend_decision& what, const backend_wish& wish, failure_source whose, time_point now);
  /// What was chosen did not run after all.
  void on_given_up(const backend_decision& what, const backend_wish& wish);

  /// By what the device itself said.
  [[nodiscard]] breaker_state state_of(const std::string& backend, time_point now) const;
  /// By what this kind of work said.
  [[nodiscard]] breaker_state state_of(const std::string& backend, const std::string& kind, time_point now) const;

 private:
  /// A backend, and the kind of work: empty = all, by the device's own word.
  using breaker_key = std::pair<std::string, std::string>;

  [[nodiscard]] backend_candidate weigh(const backend_wish& wish, const backend_offer& offer, time_point now) const;
  [[nodiscard]] const circuit_breaker& seen(const breaker_key& key) const;
  circuit_breaker& breaker_of(const std::string& backend, const std::string& kind);
  circuit_breaker& breaker_of(const std::string& backend) { return breaker_of(backend, {}); }

  breaker_limits limits_;
  circuit_breaker untried_{limits_};
  std::map<breaker_key, circuit_breaker> breakers_;
  cost_history costs_;
};

}  // namespace dunlin
