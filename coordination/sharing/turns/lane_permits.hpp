// SPDX-License-Identifier: Apache-2.0
// Which lanes of a device may begin steps in this process, where several processes work on the device: those that the
// lane's turn has come to. A process that does not share its device needs no permits.
//
// Invariants: a step begins only under an open permit that is still valid; a permit is spent only when no step runs
// under it any more.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "coordination/sharing/contract/share_contract.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A group of holders that take turns, by the same name in every process.
struct lane_key {
  std::uint32_t lane = 0;
  bool pooled = false;
  std::vector<std::uint32_t> units;  ///< empty = all of the device's
  static auto fields(auto& m) { return std::tie(m.lane, m.pooled, m.units); }
  friend auto operator<=>(const lane_key&, const lane_key&) = default;
};

/// Returns the lane in which a holder of this grant takes its turns.
inline lane_key lane_of(const share_grant& granted) { return {granted.lane, granted.pooled, granted.units}; }

/// One turn of a process at a lane.
struct lane_permit {
  fencing_token serial = 0;  ///< rises with every turn on the device
  lane_key lane;
  duration quantum{0};  ///< of busy time, of all its holders; 0 = until it is asked back
  static auto fields(auto& m) { return std::tie(m.serial, m.lane, m.quantum); }
  friend bool operator==(const lane_permit&, const lane_permit&) = default;
};

/// A turn that is over.
struct spent_permit {
  fencing_token serial = 0;
  duration busy{0};
};

/// Thread: the owner's.
class DUNLIN_EXPORT lane_permits {
 public:
  void open(const lane_permit& turn);

  /// No step begins under it any more; it is spent once those that run have ended.
  void close(fencing_token serial);

  /// No step begins from `end` on, whatever is open.
  void valid_until(time_point end) noexcept { end_ = end; }

  /// Returns the permit under which a step of this lane begins now; none if there is none.
  [[nodiscard]] std::optional<fencing_token> begin(const lane_key& lane, time_point now);

  /// A step that began under it has ended. An overrun is counted too: the next turn of this process is shorter.
  void end(fencing_token serial, duration busy);

  /// Closes what has a quantum and no use: `wants(lane)` says whether anybody there has a step to run.
  template <class Wants>
  void pass_on(Wants&& wants) {
    for (auto& [serial, one] : permits_)
      if (one.turn.quantum > duration{0} && one.running == 0 && !wants(one.turn.lane)) one.closed = true;
  }

  /// Moves those that are over to `out`.
  void take_spent(std::vector<spent_permit>& out);

 private:
  struct permit {
    lane_permit turn;
    duration busy{0};
    std::uint32_t running = 0;
    bool closed = false;
  };

  std::map<fencing_token, permit> permits_;
  time_point end_{};
};

}  // namespace dunlin
