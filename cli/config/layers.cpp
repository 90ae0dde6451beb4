// SPDX-License-Identifier: Apache-2.0
#include "cli/config/layers.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "cli/config/setting_table.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

constexpr std::string_view prefix = "DUNLIN_";

/// Set for or by other parts of the program: the file's name, what a task's child is told, the module's path.
constexpr std::array<std::string_view, 5> other_variables{"DUNLIN_CONFIG", "DUNLIN_TASK_ID", "DUNLIN_ATTEMPT",
                                                          "DUNLIN_EPOCH", "DUNLIN_CUDA_MODULE"};

const setting* setting_of_variable(std::string_view name) {
  for (const auto& one : all_settings())
    if (environment_name(one.key) == name) return &one;
  return nullptr;
}

std::string nearest_variable(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& one : all_settings()) names.push_back(environment_name(one.key));
  const std::vector<std::string_view> views{names.begin(), names.end()};
  return std::string{json::nearest(name, views)};
}

error with_origin(error why, const given_setting& from) {
  why.context += " (from " + from.origin + ")";
  return why;
}

result<void> apply(settings& out, const given_setting& given) {
  const auto* which = find_setting(given.key);
  if (which == nullptr)
    return fail(errc::unknown_field, "there is no setting '" + given.key + "' (from " + given.origin + ")",
                json::suggestion(given.key, setting_keys()), given.key);
  const auto read = parse_setting(*which, given.text);
  if (!read) return fail(with_origin(read.error(), given));
  if (auto checked = check_setting(*which, *read); !checked) return fail(with_origin(checked.error(), given));
  which->apply(out, *read);
  return {};
}

}  // namespace

environment read_environment() {
  environment out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry{*at};
    const auto equals = entry.find('=');
    if (entry.starts_with(prefix) && equals != std::string_view::npos)
      out.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return out;
}

std::vector<given_setting> from_environment(const environment& variables, std::vector<std::string>& warnings) {
  std::vector<given_setting> out;
  for (const auto& [name, content] : variables) {
    if (const auto* which = setting_of_variable(name)) {
      out.push_back({std::string{which->key}, content, name});
    } else if (std::ranges::find(other_variables, name) == other_variables.end()) {
      const auto near = nearest_variable(name);
      warnings.push_back("warning: " + name + " is no setting" + (near.empty() ? "" : "; did you mean " + near + "?"));
    }
  }
  return out;
}

result<settings> resolve(const std::vector<std::vector<given_setting>>& layers) {
  std::map<std::string, given_setting> last;
  for (const auto& layer : layers)
    for (const auto& given : layer) last[given.key] = given;
  settings out;
  for (auto& [key, given] : last) {
    if (auto applied = apply(out, given); !applied) return fail(applied.error());
    out.given.push_back(std::move(given));
  }
  return out;
}

}  // namespace dunlin::cli
