// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "coordination/collective/transfer_plan.hpp"

namespace dunlin {

/// Names one message of a collective operation: the same at both ends.
struct chunk_name {
  std::uint32_t epoch = 0;  ///< of the group: rises when a member is cut out
  std::uint32_t lane = 0;
  std::uint32_t round = 0;
  std::uint32_t from = 0;  ///< rank

  auto operator<=>(const chunk_name&) const = default;
};

/// What a member has to do, in this order.
struct member_action {
  enum class kind : std::uint8_t {
    send,       ///< the elements of `range` to `peer`, under `name`
    combine,    ///< the message `name` into `range`
    overwrite,  ///< the message `name` over `range`
    hold,       ///< keep the message `name`: its turn comes later
    complete,   ///< everything was sent and received: tell the group
  };
  kind what = kind::complete;
  chunk_name name;
  std::uint32_t peer = 0;
  element_range range;
};

/// One member of one collective operation. It moves no bytes: it says which to send and what to do with those that
/// came, so that the same code runs over links and in virtual time. Invariants: it acts on each message once; of a
/// lane, in order. Thread: one at a time.
class DUNLIN_EXPORT collective_member {
 public:
  /// Requires: the call was checked for `members`.
  collective_member(const collective_call& call, std::uint32_t epoch, std::uint32_t members, std::uint32_t rank,
                    std::uint64_t lane_elements);

  void start(std::vector<member_action>& out);

  /// Returns what will become of a message that has begun to come, so that its elements can be received where they
  /// belong: `combine`, `overwrite`, or `hold` if its turn comes later, in which case it may as well stay in its link.
  /// Errors: those of `on_chunk`.
  [[nodiscard]] result<member_action> landing(const chunk_name& name, std::uint64_t elements) const;

  /// A message has come. Errors: fenced_off (of another epoch: it is to be forgotten), protocol_violation (nobody was
  /// to send it, it has come before, or has another length).
  result<void> on_chunk(const chunk_name& name, std::uint64_t elements, std::vector<member_action>& out);

  [[nodiscard]] bool is_complete() const noexcept { return left_ == 0; }
  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
  /// Returns the ranks that it waits for, each once.
  [[nodiscard]] std::set<std::uint32_t> waits_for() const;

 private:
  void advance(std::uint32_t lane, std::vector<member_action>& out);
  [[nodiscard]] const transfer* expected(const chunk_name& name) const;
  [[nodiscard]] member_action action_of(const transfer& step, const chunk_name& name) const noexcept;
  [[nodiscard]] chunk_name name_of(std::uint32_t lane, const transfer& step) const noexcept;

  std::uint32_t epoch_;
  std::uint32_t rank_;
  transfer_plan plan_;
  std::vector<std::size_t> next_;  ///< of each lane
  std::set<chunk_name> early_;     ///< held
  std::size_t left_ = 0;           ///< transfers
  bool told_ = false;              ///< that it is complete
};

}  // namespace dunlin
