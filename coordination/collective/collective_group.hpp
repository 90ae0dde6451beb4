// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "coordination/collective/collective_call.hpp"

namespace dunlin {

struct group_limits {
  duration deadline = 30s;  ///< of the whole operation, whatever happens

  /// With fewer it fails. By default the last one goes on alone: nobody else does at the same time, because whoever
  /// loses the convener has no result; `ranks()` says who is in it. Who needs a majority, or everybody, says so here.
  std::uint32_t least_members = 1;
};

/// What the group tells its members.
struct group_action {
  enum class kind : std::uint8_t {
    begin,    ///< with the members of `members` as ranks 0, 1, …, from the buffer as it was at first
    deliver,  ///< everybody is complete: the result counts
    fail,     ///< it came to nothing: `why`
  };
  kind what = kind::begin;
  std::uint32_t epoch = 0;
  std::vector<agent_id> members;  ///< those that it is for
  error why{errc::none};
};

/// The members of one collective operation, and what becomes of it. A result counts once every member has told that it
/// is complete; so whoever dies before that, nobody has used a result yet, and the others begin again without it, from
/// the buffers that they had. Invariants: it ends by its deadline; either everybody who is left delivers the result of
/// one epoch, or everybody fails. Operations whose shape depends on the members (reduce_scatter, all_gather), and those
/// whose root or peer is gone, fail unless all the others were complete. Source: MPI Forum, User Level Failure
/// Mitigation: revoke, shrink, agree.
class DUNLIN_EXPORT collective_group {
 public:
  /// Errors: invalid_argument.
  static result<collective_group> make(const collective_call& call, std::vector<agent_id> members,
                                       const group_limits& limits);

  void start(time_point now, std::vector<group_action>& out);
  void on_complete(agent_id member, std::uint32_t epoch, std::vector<group_action>& out);
  /// A member is gone for good.
  void on_lost(agent_id member, std::vector<group_action>& out);
  /// A member cannot go on, such as for want of memory: everybody fails with its reason.
  void on_failed(agent_id member, const error& why, std::vector<group_action>& out);
  /// To be called at `next_tick` at the latest.
  void on_tick(time_point now, std::vector<group_action>& out);

  [[nodiscard]] bool is_over() const noexcept { return over_; }
  [[nodiscard]] std::optional<time_point> next_tick() const noexcept;
  /// Returns the call as it is for the members of now: ranks change when one is cut out.
  [[nodiscard]] const collective_call& call() const noexcept { return call_; }

 private:
  collective_group(const collective_call& call, std::vector<agent_id> members, const group_limits& limits)
      : call_(call), limits_(limits), members_(std::move(members)), complete_(members_.size()) {}

  [[nodiscard]] result<void> cut_out(std::size_t rank);
  void begin(std::vector<group_action>& out);
  void end(group_action::kind what, error why, std::vector<group_action>& out);
  [[nodiscard]] std::size_t rank_of(agent_id member) const noexcept;

  collective_call call_;
  group_limits limits_;
  std::vector<agent_id> members_;  ///< by rank
  std::vector<bool> complete_;
  std::uint32_t epoch_ = 0;  ///< 0 = not begun
  time_point until_{};
  bool over_ = false;
};

}  // namespace dunlin
