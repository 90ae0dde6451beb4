// SPDX-License-Identifier: Apache-2.0
// All histories of a swarm up to a depth, the shortest first, each state once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/coordination/sharing/model/state_set.hpp"
#include "tests/coordination/sharing/model/swarm_model.hpp"

namespace dunlin::model {

struct findings {
  std::uint64_t states = 0;       ///< distinct
  std::uint64_t transitions = 0;  ///< between them
  std::uint32_t depth = 0;        ///< events of the longest history
  bool complete = false;          ///< no state lies deeper
  std::uint64_t device_states = 0;
  std::uint64_t comparisons = 0;  ///< of two ways to one state
  std::string story;              ///< the shortest history that ends badly; empty if there is none
};

class model_checker {
 public:
  explicit model_checker(swarm_model& swarm) : swarm_(swarm) {}

  findings explore(std::uint32_t depth);

 private:
  struct reached {
    swarm_state state;
    std::uint32_t from = 0;  ///< index of the state before
    move by;
  };
  /// Returns false if something is wrong with the newest state.
  bool meet(const swarm_state& state, std::uint32_t from, const move& by);
  bool expand(std::uint32_t index);
  bool comes_to_rest(std::uint32_t index);
  bool tell(std::uint32_t index, std::vector<move> more, const std::string& wrong);

  swarm_model& swarm_;
  findings found_;
  std::vector<reached> reached_;
  state_set known_;
  state_set rests_;  ///< come to rest, whatever may still disturb them
  std::vector<std::pair<move, swarm_state>> successors_;
};

}  // namespace dunlin::model
