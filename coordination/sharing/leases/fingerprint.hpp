// SPDX-License-Identifier: Apache-2.0
// What a sharing object's next decisions depend on, as a list of numbers: two objects with the same list behave alike.
// Times count from now and a token is its rank among those named, so that states that differ only in when they are
// reached, or in how many grants led to them, are the same.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// Thread: the owner's.
class fingerprint {
 public:
  explicit fingerprint(time_point now) : now_(now) {}

  void add(std::integral auto number) { numbers_.push_back(static_cast<std::uint64_t>(number)); }
  void add(duration time) { add(time.count()); }
  void add(agent_id agent) { add(agent.value); }
  void add(const std::vector<std::uint32_t>& units) {
    add(units.size());
    for (const auto unit : units) add(unit);
  }

  /// `max` is never.
  void add(time_point when) { add(when == time_point::max() ? duration::max() : when - now_); }

  void add_token(fencing_token token) {
    tokens_.push_back(numbers_.size());
    add(token);
  }

  [[nodiscard]] time_point now() const noexcept { return now_; }

  /// Returns the list; nothing is left.
  std::vector<std::uint64_t> take() {
    std::vector<fencing_token> known{0};
    known.reserve(tokens_.size() + 1);
    for (const auto at : tokens_) known.push_back(numbers_[at]);
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    for (const auto at : tokens_)
      numbers_[at] =
          static_cast<std::uint64_t>(std::lower_bound(known.begin(), known.end(), numbers_[at]) - known.begin());
    tokens_.clear();
    return std::exchange(numbers_, {});
  }

 private:
  time_point now_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::size_t> tokens_;  ///< which of the numbers are tokens
};

}  // namespace dunlin
