// SPDX-License-Identifier: Apache-2.0
// The processes that share a device, as its home sees them: who they are, what was heard of each and when.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/shared_device/shared_messages.hpp"

namespace dunlin {

/// One process. Sequences of both ways begin at 1.
struct sharer_entry {
  sharer_place place;
  std::uint64_t heard = 0;  ///< sequence of its newest message
  std::uint64_t told = 0;   ///< sequence of the newest message to it
  time_point heard_at{};
  bool here = false;                            ///< was heard, and not so long ago that nothing holds any more
  bool stale = false;                           ///< there is something to tell it
  enforcement kept = enforcement::cooperative;  ///< as it said last
  std::string kept_why;
};

/// Thread: the owner's.
class DUNLIN_EXPORT sharer_roster {
 public:
  static constexpr std::size_t most = 64;

  /// `silence` after which nothing that a sharer was told holds any more.
  explicit sharer_roster(duration silence) noexcept : silence_(silence) {}

  /// These are all sharers now; what is known of those that stay is kept. Moves those that are gone for good to `gone`.
  /// Errors: overloaded (too many).
  result<void> appoint(const std::vector<sharer_place>& places, std::vector<sharer_id>& gone);

  /// Returns true if the message is newer than all before it. A stranger is nobody's news.
  bool hear(sharer_id sharer, std::uint64_t sequence, time_point now);

  /// Returns one that has been silent for too long and was heard last at `latest` or before, once.
  std::optional<sharer_id> lose_silent(time_point now, time_point latest);

  /// The next time at which `lose_silent` returns one; none if there is none that was heard last at `latest` or before.
  [[nodiscard]] std::optional<time_point> next_loss(time_point latest) const;

  [[nodiscard]] sharer_entry* find(sharer_id sharer);
  [[nodiscard]] const std::map<sharer_id, sharer_entry>& all() const noexcept { return sharers_; }
  void tell(sharer_id sharer);
  void tell_all();

 private:
  duration silence_;
  std::map<sharer_id, sharer_entry> sharers_;
};

}  // namespace dunlin
