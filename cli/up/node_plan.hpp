// SPDX-License-Identifier: Apache-2.0
// Which node processes `up` starts and what each is told. Decides only; starts nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/config/settings.hpp"
#include "coordination/result.hpp"

namespace dunlin::cli {

struct node_plan {
  std::string name;
  std::vector<given_setting> settings;  ///< one entry a key
};

/// What the nodes divide among themselves.
struct machine_share {
  std::uint32_t cores = 1;
  std::uint64_t memory_bytes = 0;
};

/// Plans the nodes of `config`; the first one leads. `wishes` name them and say what each is capable of
/// (`vision:image,text`); without them there are `config.nodes`, called node-1, node-2, … Cores and memory are divided:
/// what is set or, if nothing is, `machine`; every node gets a core, if need be a shared one.
/// Errors: invalid_argument.
[[nodiscard]] result<std::vector<node_plan>> plan_nodes(const settings& config, const machine_share& machine,
                                                        const std::vector<std::string>& wishes);

/// Sets `key`, or replaces what it was.
void tell(node_plan& plan, const std::string& key, const std::string& text);

/// Returns the arguments of a node process, beginning with the program's name.
[[nodiscard]] std::vector<std::string> arguments_of(const node_plan& plan, const std::string& program);

}  // namespace dunlin::cli
