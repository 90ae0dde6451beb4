// SPDX-License-Identifier: Apache-2.0
#include "actors/agent_host.hpp"

#include "actors/kinds/builtin_kinds.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

/// What a node starts for an agent of isolation `process`: the same program, with one agent in it.
class agent_host final : public verb {
 public:
  agent_host() : verb("agent-host", "serve one agent over descriptor 3") {}

  [[nodiscard]] bool hidden() const noexcept override { return true; }
  void declare(option_list& options) override { options.positional("kind", &kind_, "of the agent"); }

  result<int> run(verb_context& with) override {
    auto kinds = with.kinds;
    for (auto& kind : builtin_kinds()) kinds.push_back(std::move(kind));
    return serve_agent_kind(kinds, kind_);
  }

 private:
  std::string kind_;
};

}  // namespace

std::unique_ptr<verb> make_agent_host() { return std::make_unique<agent_host>(); }

}  // namespace dunlin::cli
