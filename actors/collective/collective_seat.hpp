// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/collective/joining.hpp"
#include "coordination/collective/collective_group.hpp"

namespace dunlin {

class kernel_backend;

/// What a member needs of where it runs.
struct seat_surroundings {
  std::function<kernel_backend&()> kernels;    ///< that add; asked once a call
  std::function<bool()> cancelled = {};        ///< may be empty
  std::shared_ptr<const wake_bell> bell = {};  ///< rings when it is cancelled; may be null
  std::function<result<void>()> rest = {};     ///< before it waits for the others; may be empty
  std::function<result<void>()> resume = {};   ///< after that: whether it may go on; may be empty
};

/// A member's place in a group that works on arrays together. Every member makes the same calls in the same order; a
/// call returns when the result counts for everybody who is left, or with the same reason everywhere. A member that
/// dies is cut out: the others go on without it where the operation allows, from what they brought. If the one that
/// convened the group dies, the others' calls fail with `crashed`. After an error the arrays' contents are unspecified,
/// those that are only read excepted.
/// Errors of every call: crashed (a member was lost and the call cannot go on, this one was cut out, or the convener is
/// gone), timeout (not complete by the deadline, with those that are late), conflict (another member makes another
/// call), cancelled, protocol_violation, and those of the kernels. Thread: the member's.
class DUNLIN_EXPORT collective_seat {
 public:
  /// `place` outlives the seat.
  collective_seat(meeting_place& place, const group_invitation& group, joined_group&& joined,
                  seat_surroundings surroundings, const group_limits& limits);
  ~collective_seat();
  collective_seat(const collective_seat&) = delete;
  collective_seat& operator=(const collective_seat&) = delete;

  /// This member's number, which it keeps. Neighbours in rank are neighbours in the overlay's ring.
  [[nodiscard]] std::uint32_t rank() const noexcept;

  /// Ranks of those whose arrays are in the last result; after an error of those that are left; before the first call
  /// of all.
  [[nodiscard]] const std::vector<std::uint32_t>& ranks() const noexcept;

  /// Where this member's part of `count` elements lies, among those of `ranks`.
  [[nodiscard]] element_range part(std::uint64_t count) const noexcept;

  /// Everybody ends with the sum of all `from`, which stays as it is. Same length everywhere; the arrays must not
  /// overlap. Errors: also invalid_argument (lengths differ).
  result<void> all_reduce(std::span<const float> from, std::span<float> into);

  /// The same in one array: this call keeps a copy of what was in it, so as to be able to go on without a lost member.
  result<void> all_reduce(std::span<float> values);

  /// `part` of `values` ends with the sum of all; the rest is used up. A lost member ends it.
  result<void> reduce_scatter(std::span<float> values);

  /// Brings `part` of `values`, ends with everybody's. A lost member ends it.
  result<void> all_gather(std::span<float> values);

  /// Everybody ends with what member `root` has.
  result<void> broadcast(std::span<float> values, std::uint32_t root);

  /// Member `to` ends with what `from` has. The others make the call too; their `values` are not touched.
  result<void> send(std::span<float> values, std::uint32_t from, std::uint32_t to);

  /// Nobody returns before everybody has come.
  result<void> barrier();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin
