// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

class node_list final : public verb {
 public:
  node_list() : verb("node list", "list the swarm's nodes") {}

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    auto nodes = swarm->nodes();
    if (!nodes) return fail(nodes.error());
    if (with.out.json())
      with.out.line(json::to_json(json::node_page{std::move(*nodes)}));
    else
      print(with.out, *nodes);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const std::vector<node_view>& nodes) {
    table rows{{"NODE", "STATE", "PID>", "RUNNING>", "QUEUED>", "SLOTS>", "CPU>", "MEMORY>", "COMPLETED>", "KINDS"}};
    for (const auto& node : nodes) {
      std::string kinds;
      for (const auto& agents : node.agents) (kinds += kinds.empty() ? "" : " ") += agents.kind;
      rows.add({node.name, node.state, std::to_string(node.pid), std::to_string(node.running),
                std::to_string(node.queued), std::to_string(node.max_concurrent),
                fixed(node.cpu_permille / 10.0, 1) + " %", bytes_in_words(node.rss_bytes),
                std::to_string(node.completed), kinds});
    }
    out.out << rows.render() << std::flush;
  }
};

}  // namespace

std::unique_ptr<verb> make_node_list() { return std::make_unique<node_list>(); }

}  // namespace dunlin::cli
