// SPDX-License-Identifier: Apache-2.0
#include "cli/up/node_plan.hpp"

#include <algorithm>

#include "coordination/types.hpp"

namespace dunlin::cli {

namespace {

constexpr std::size_t most_nodes = 64;

/// What `up` says itself, for each node.
bool is_ours(const std::string& key) {
  return key == "cluster.nodes" || key == "node.name" || key == "output" || key == "link.join" || key == "http.url";
}

struct wish {
  std::string name;
  std::string capabilities;
};

result<std::vector<wish>> read_wishes(const settings& config, const std::vector<std::string>& texts) {
  std::vector<wish> out;
  for (const auto& text : texts) {
    const auto colon = text.find(':');
    out.push_back({text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)});
  }
  for (std::uint32_t i = 1; texts.empty() && i <= config.nodes; ++i) out.push_back({"node-" + std::to_string(i), ""});
  if (out.size() > most_nodes)
    return fail(errc::invalid_argument, std::to_string(out.size()) + " nodes were asked for",
                "at most " + std::to_string(most_nodes), "--node");
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!is_valid_name(out[i].name))
      return fail(errc::invalid_argument, "'" + out[i].name + "' is no name of a node", "use letters, digits and ._-",
                  "--node");
    for (std::size_t j = 0; j < i; ++j)
      if (out[i].name == out[j].name)
        return fail(errc::invalid_argument, "two nodes are called '" + out[i].name + "'", "give each its own name",
                    "--node");
  }
  return out;
}

/// The part of node number `at` of `count` in `whole`, so that the parts add up; at least one.
std::uint64_t part(std::uint64_t whole, std::size_t at, std::size_t count) {
  return std::max<std::uint64_t>(1, whole / count + (at < whole % count ? 1 : 0));
}

/// What somebody set and `up` would have to ignore.
result<void> check_ignored(const settings& config) {
  for (const auto& one : config.given) {
    if (one.key == "link.join" && !one.text.empty())
      return fail(errc::invalid_argument, "a swarm of its own joins nobody (from " + one.origin + ")",
                  "`dunlin node start --join HOST:PORT` starts a node that joins", one.key);
    if (one.key == "node.name")
      return fail(errc::invalid_argument, "one name does not do for several nodes (from " + one.origin + ")",
                  "give --node NAME for each, or -n", one.key);
  }
  return {};
}

}  // namespace

void tell(node_plan& plan, const std::string& key, const std::string& text) {
  std::erase_if(plan.settings, [&](const given_setting& one) { return one.key == key; });
  plan.settings.push_back({key, text, "up"});
}

result<std::vector<node_plan>> plan_nodes(const settings& config, const machine_share& machine,
                                          const std::vector<std::string>& wishes) {
  if (auto checked = check_ignored(config); !checked) return fail(checked.error());
  auto wanted = read_wishes(config, wishes);
  if (!wanted) return fail(wanted.error());
  const auto cores = config.swarm.cores > 0 ? config.swarm.cores : machine.cores;
  const auto memory = config.swarm.memory_bytes > 0 ? config.swarm.memory_bytes : machine.memory_bytes;
  std::vector<node_plan> out;
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    const auto& [name, capabilities] = (*wanted)[i];
    node_plan plan{name, {}};
    for (const auto& given : config.given)
      if (!is_ours(given.key)) plan.settings.push_back(given);
    tell(plan, "node.name", name);
    const auto nodes = config.swarm.shares_cores ? 1 : wanted->size();  // then each has all that there is
    const auto at = config.swarm.shares_cores ? 0 : i;
    tell(plan, "node.cores", std::to_string(part(cores, at, nodes)));
    if (memory > 0) tell(plan, "node.memory_bytes", std::to_string(part(memory, at, nodes)));
    auto has = capabilities;
    for (const auto& one : config.swarm.capabilities) (has += has.empty() ? "" : ",") += one;
    if (!has.empty()) tell(plan, "node.capabilities", has);
    out.push_back(std::move(plan));
  }
  return out;
}

std::vector<std::string> arguments_of(const node_plan& plan, const std::string& program) {
  std::vector<std::string> out{program, "node", "start", "--output", "json"};
  for (const auto& one : plan.settings) {
    out.emplace_back("--set");
    out.push_back(one.key + "=" + one.text);
  }
  return out;
}

}  // namespace dunlin::cli
