// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"
#include "net/json/enum_names.hpp"

namespace dunlin::cli {

namespace {

class agent_list final : public verb {
 public:
  agent_list() : verb("agent list", "list the kinds that run and on which nodes") {}

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto agents = swarm->agents();
    if (!agents) return fail(agents.error());
    if (with.out.json())
      with.out.line(json::to_json(json::agent_page{std::move(*agents)}));
    else
      print(with.out, *agents);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const std::vector<agent_view>& agents) {
    table rows{{"KIND", "NODE", "AGENTS>", "ISOLATION", "VERSION", "CAPABILITIES"}};
    for (const auto& view : agents) {
      std::string capabilities;
      for (const auto& one : view.agents.capabilities) (capabilities += capabilities.empty() ? "" : " ") += one;
      rows.add({view.agents.kind, view.node, std::to_string(view.agents.instances),
                std::string{json::name_of(view.agents.isolation)}, view.agents.version, capabilities});
    }
    out.out << rows.render() << std::flush;
  }
};

}  // namespace

std::unique_ptr<verb> make_agent_list() { return std::make_unique<agent_list>(); }

}  // namespace dunlin::cli
