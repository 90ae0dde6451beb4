// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/agent.hpp"
#include "cli/config/settings.hpp"
#include "cli/console.hpp"
#include "cli/line/option_list.hpp"

namespace dunlin::cli {

/// What a verb runs with.
struct verb_context {
  console& out;
  const settings& config;
  const std::vector<agent_kind>& kinds;  ///< of the program, without the built-in ones
};

/// Which settings a verb takes as flags of its own; `--set` gives every one to every verb.
enum class flag_set : std::uint8_t { client, up, node };

/// One thing the program can do. It has its own file in `cli/verbs`.
class verb {
 public:
  /// `name` as typed, with a space between group and verb. Both outlive the verb.
  verb(std::string_view name, std::string_view summary, flag_set flags = flag_set::client)
      : name_(name), summary_(summary), flags_(flags) {}
  virtual ~verb() = default;
  verb(const verb&) = delete;
  verb& operator=(const verb&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view summary() const noexcept { return summary_; }
  [[nodiscard]] flag_set flags() const noexcept { return flags_; }

  /// Not shown in the help; for the program's own children.
  [[nodiscard]] virtual bool hidden() const noexcept { return false; }

  /// Binds options to the verb's members.
  virtual void declare(option_list&) {}

  /// Returns the exit code; an error is printed by the caller, which derives the exit code from it.
  virtual result<int> run(verb_context& with) = 0;

 private:
  std::string_view name_;
  std::string_view summary_;
  flag_set flags_;
};

using verb_set = std::vector<std::unique_ptr<verb>>;

}  // namespace dunlin::cli
