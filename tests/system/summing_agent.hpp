// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "actors/agent.hpp"

namespace dunlin::test {

/// Adds up an array of ones with the other members of a group. Payload: the group's name, its members, how often, and a
/// file that is written after the first time. Ends when a member is gone.
class summing_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    std::istringstream words{std::string{as_text(task.payload())}};
    group_wish wish;
    unsigned rounds = 0;
    std::string mark;
    words >> wish.name >> wish.members >> rounds >> mark;
    wish.limits.deadline = 20s;
    task.progress(1, "seeks the group");
    auto seat = task.join_group(wish);
    if (!seat) return fail(std::move(seat.error()));
    for (unsigned round = 0; round < rounds && (*seat)->ranks().size() == wish.members; ++round) {
      std::vector<float> values(300'001, 1);
      if (auto done = (*seat)->all_reduce(values); !done) return fail(std::move(done.error()));
      const auto members = (*seat)->ranks().size();
      for (const auto value : values)
        if (value != static_cast<float>(members)) return fail(errc::handler_failed, "a wrong sum");
      if (round == 0) std::ofstream{mark} << "summed";
    }
    return to_bytes(std::to_string((*seat)->ranks().size()) + " members");
  }
};

}  // namespace dunlin::test
