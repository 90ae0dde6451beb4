// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/transfer_plan.hpp"

#include <algorithm>

namespace dunlin {

namespace {

/// One member's view of a ring.
class ring {
 public:
  ring(const collective_call& call, std::uint32_t members, std::uint32_t rank, std::uint64_t lane_elements)
      : call_(call), members_(members), rank_(rank), lane_elements_(lane_elements) {}

  /// Every part goes round once and is combined on its way; then `last` of member i is complete at i + `shift`.
  void add_reduction(transfer_plan& out, std::uint32_t first_round, std::uint32_t shift) const {
    for (std::uint32_t round = 0; round + 1 < members_; ++round)
      add_turn(out, first_round + round, before(rank_ + shift, round + 1), true);
  }
  /// Every part goes round once more; member i begins with part i + `shift`.
  void add_distribution(transfer_plan& out, std::uint32_t first_round, std::uint32_t shift) const {
    for (std::uint32_t round = 0; round + 1 < members_; ++round)
      add_turn(out, first_round + round, before(rank_ + shift, round), false);
  }
  /// The whole goes from the root along the ring.
  void add_broadcast(transfer_plan& out) const {
    for (std::uint32_t lane = 0; lane < out.size(); ++lane) {
      const auto range = lane_of({0, call_.count}, lane);
      if (rank_ != call_.root) out[lane].push_back({0, previous(), false, false, range});
      if (next() != call_.root) out[lane].push_back({0, next(), true, false, range});
    }
  }

  [[nodiscard]] std::uint32_t next() const noexcept { return (rank_ + 1) % members_; }
  [[nodiscard]] std::uint32_t previous() const noexcept { return before(rank_, 1); }
  [[nodiscard]] std::size_t lanes_for(std::uint64_t elements) const noexcept {
    return static_cast<std::size_t>(std::max<std::uint64_t>(1, (elements + lane_elements_ - 1) / lane_elements_));
  }
  /// Parts differ by an element: the last lane of a shorter one may be empty.
  [[nodiscard]] element_range lane_of(element_range part, std::uint32_t lane) const noexcept {
    const auto from = std::min(part.count, lane * lane_elements_);
    const auto to = std::min(part.count, from + lane_elements_);
    return {part.from + from, to - from};
  }

 private:
  [[nodiscard]] std::uint32_t before(std::uint32_t rank, std::uint32_t by) const noexcept {
    return (rank + members_ * 2 - by) % members_;
  }
  /// Sends `part` on and receives the one before it.
  void add_turn(transfer_plan& out, std::uint32_t round, std::uint32_t part, bool combines) const {
    const auto sent = part_of(call_.count, members_, part);
    const auto received = part_of(call_.count, members_, before(part, 1));
    for (std::uint32_t lane = 0; lane < out.size(); ++lane) {
      out[lane].push_back({round, next(), true, false, lane_of(sent, lane)});
      out[lane].push_back({round, previous(), false, combines, lane_of(received, lane)});
    }
  }

  const collective_call& call_;
  std::uint32_t members_;
  std::uint32_t rank_;
  std::uint64_t lane_elements_;
};

/// In round k everybody tells the member 2^k further: after log2(n) rounds everybody has heard of everybody.
transfer_plan plan_barrier(std::uint32_t members, std::uint32_t rank) {
  transfer_plan out(1);
  std::uint32_t round = 0;
  for (std::uint32_t away = 1; away < members; away *= 2, ++round) {
    out[0].push_back({round, (rank + away) % members, true, false, {}});
    out[0].push_back({round, (rank + members - away) % members, false, false, {}});
  }
  return out;
}

/// A tree in which member v hears of v + 1, v + 2, v + 4, … as long as its number ends in as many zeros. What fits into
/// one message reaches everybody in log2(n) rounds, where a ring takes n - 1.
class tree {
 public:
  tree(std::uint32_t members, std::uint32_t rank, std::uint32_t root) : members_(members), rank_(rank), root_(root) {
    while ((1U << levels_) < members) ++levels_;
  }

  /// Everybody's, combined, to the root.
  void add_reduction(std::vector<transfer>& out, element_range whole) const {
    for (std::uint32_t level = 0; level < levels_; ++level) add_edge(out, level, level, {level, 0, false, true, whole});
  }
  /// The root's to everybody.
  void add_distribution(std::vector<transfer>& out, std::uint32_t first_round, element_range whole) const {
    for (auto level = levels_; level > 0; --level)
      add_edge(out, level - 1, first_round + levels_ - level, {0, 0, true, false, whole});
  }
  [[nodiscard]] std::uint32_t rounds() const noexcept { return levels_; }

 private:
  /// What `upper` says is the upper member's side of the edge of this level, if there is one here.
  void add_edge(std::vector<transfer>& out, std::uint32_t level, std::uint32_t round, transfer upper) const {
    const auto me = (rank_ + members_ - root_) % members_;
    const auto step = 1U << level;
    if (me % step != 0) return;
    const bool is_upper = me % (2 * step) == 0;
    if (is_upper && me + step >= members_) return;
    auto side = upper;
    side.round = round;
    side.peer = ((is_upper ? me + step : me - step) + root_) % members_;
    if (!is_upper) {
      side.is_send = !upper.is_send;
      side.combines = false;
    }
    out.push_back(side);
  }

  std::uint32_t members_;
  std::uint32_t rank_;
  std::uint32_t root_;
  std::uint32_t levels_ = 0;
};

transfer_plan plan_in_tree(const collective_call& call, std::uint32_t members, std::uint32_t rank) {
  const bool is_reduced = call.kind == collective_kind::all_reduce;
  const tree down{members, rank, is_reduced ? 0 : call.root};
  transfer_plan out(1);
  if (is_reduced) down.add_reduction(out[0], {0, call.count});
  down.add_distribution(out[0], is_reduced ? down.rounds() : 0, {0, call.count});
  return out;
}

transfer_plan plan_send(const collective_call& call, std::uint32_t rank, const ring& lanes) {
  if (rank != call.root && rank != call.peer) return {};
  transfer_plan out(lanes.lanes_for(call.count));
  const bool is_send = rank == call.root;
  for (std::uint32_t lane = 0; lane < out.size(); ++lane)
    out[lane].push_back({0, is_send ? call.peer : call.root, is_send, false, lanes.lane_of({0, call.count}, lane)});
  return out;
}

}  // namespace

transfer_plan plan_transfers(const collective_call& call, std::uint32_t members, std::uint32_t rank,
                             std::uint64_t lane_elements) {
  if (members < 2) return {};
  const bool goes_to_all = call.kind == collective_kind::all_reduce || call.kind == collective_kind::broadcast;
  if (goes_to_all && call.count <= lane_elements) return plan_in_tree(call, members, rank);
  const ring around{call, members, rank, lane_elements};
  transfer_plan parts(around.lanes_for(part_of(call.count, members, 0).count));
  switch (call.kind) {
    case collective_kind::all_reduce:
      around.add_reduction(parts, 0, 1);
      around.add_distribution(parts, members - 1, 1);
      return parts;
    case collective_kind::reduce_scatter:
      around.add_reduction(parts, 0, 0);
      return parts;
    case collective_kind::all_gather:
      around.add_distribution(parts, 0, 0);
      return parts;
    case collective_kind::broadcast: {
      transfer_plan whole(around.lanes_for(call.count));
      around.add_broadcast(whole);
      return whole;
    }
    case collective_kind::barrier:
      return plan_barrier(members, rank);
    case collective_kind::send:
      return plan_send(call, rank, around);
  }
  return {};
}

}  // namespace dunlin
