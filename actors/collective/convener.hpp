// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "actors/collective/word_stream.hpp"
#include "coordination/collective/collective_group.hpp"

namespace dunlin {

/// The member that convened a group asks the decision object and carries its words to the others. It works while its
/// own member is in a call. Thread: that member's.
class DUNLIN_EXPORT convener {
 public:
  /// `others`: a stream to each other member, by rank.
  convener(std::uint32_t own_rank, std::map<std::uint32_t, word_stream> others)
      : own_rank_(own_rank), others_(std::move(others)) {}

  /// Begins an operation among those that are left. `call`: root and peer are ranks.
  void start(std::uint64_t operation, const collective_call& call, const group_limits& limits, time_point now);

  /// Says what the own member says.
  void tell(const group_word& word) { hear(own_rank_, word); }

  /// Hears the others and looks at the time.
  void pump(time_point now);

  /// Returns the next word for the own member.
  [[nodiscard]] std::optional<group_word> next_for_own();

  [[nodiscard]] std::optional<time_point> next_tick() const { return group_ ? group_->next_tick() : std::nullopt; }
  void add_polls(std::vector<pollfd>& out) const;

 private:
  void hear(std::uint32_t rank, const group_word& word);
  void hear_all(std::uint32_t rank, word_stream& from);
  void lose(std::uint32_t rank, const std::string& why);
  void perform();
  void say(std::uint32_t rank, const group_word& word);
  [[nodiscard]] std::vector<std::uint32_t> present() const;

  std::uint32_t own_rank_;
  std::map<std::uint32_t, word_stream> others_;  ///< that are left
  std::uint64_t operation_ = 0;
  std::optional<collective_group> group_;
  std::vector<group_action> actions_;
  std::deque<group_word> for_own_;
};

}  // namespace dunlin
