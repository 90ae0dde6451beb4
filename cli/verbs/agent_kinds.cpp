// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

/// What another program of ours asks, to find the one that serves a kind.
class agent_kinds final : public verb {
 public:
  agent_kinds() : verb("agent-kinds", "print the program's own kinds, one a line") {}

  [[nodiscard]] bool hidden() const noexcept override { return true; }

  result<int> run(verb_context& with) override {
    for (const auto& kind : with.kinds) with.out.line(kind.name);
    return exit_code::ok;
  }
};

}  // namespace

std::unique_ptr<verb> make_agent_kinds() { return std::make_unique<agent_kinds>(); }

}  // namespace dunlin::cli
