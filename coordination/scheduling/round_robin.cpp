// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/round_robin.hpp"

namespace dunlin {

std::optional<worker_slot> round_robin::pick(shape_id shape) {
  const auto number = workers().class_of(shape);
  if (!number) return std::nullopt;
  if (*number >= turns_.size()) turns_.resize(*number + 1);
  auto& turn = turns_[*number];
  const auto next = workers().next_in_turn(shape, turn);
  if (next) turn = *next + 1;
  return next;
}

double round_robin::score(shape_id shape, worker_slot worker) const {
  // Below the turn means after a full round, so those slots count from 2^32.
  constexpr double round = 4294967296.0;
  const auto from = turn(shape);
  return worker >= from ? double(worker) - from : round + worker - from;
}

worker_slot round_robin::turn(shape_id shape) const {
  const auto number = workers().class_of(shape);
  return number && *number < turns_.size() ? turns_[*number] : 0;
}

}  // namespace dunlin
