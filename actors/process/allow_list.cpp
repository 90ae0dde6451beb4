// SPDX-License-Identifier: Apache-2.0
#include "actors/process/allow_list.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace dunlin {

namespace {

namespace fs = std::filesystem;

constexpr std::array search_path{"/usr/local/bin", "/usr/bin", "/bin"};

result<std::string> real_executable(const fs::path& path) {
  std::error_code why;
  const auto real = fs::canonical(path, why);
  if (why)
    return fail(errc::not_found, "no executable " + path.string() + ": " + why.message(), "check the path on the node");
  if (!fs::is_regular_file(real, why) || ::access(real.c_str(), X_OK) != 0)
    return fail(errc::not_found, path.string() + " is not executable", "check its rights");
  return real.string();
}

/// Returns the path without links in its folder, but with the name as it was given.
std::string own_name(const fs::path& path) {
  std::error_code why;
  const auto folder = fs::canonical(path.parent_path(), why);
  return why ? path.string() : (folder / path.filename()).string();
}

bool is_variable(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, fits);
}

bool is_set_by_the_node(std::string_view name) {
  return name == "PATH" || name == "LANG" || name == "HOME" || name == "TMPDIR" || name.starts_with("DUNLIN_");
}

/// Returns an absolute path to an executable.
result<std::string> look_up(std::string_view command) {
  if (command.find('\0') != std::string_view::npos || command.empty())
    return fail(errc::invalid_argument, "the command has no name", "name a program");
  if (command.front() == '/') {
    if (auto real = real_executable(command); !real) return real;
    return std::string{command};
  }
  if (command.find('/') != std::string_view::npos)
    return fail(errc::invalid_argument, "'" + std::string{command} + "' is relative",
                "give an absolute path or a plain name");
  for (const auto* folder : search_path)
    if (const auto path = fs::path{folder} / command; real_executable(path)) return path.string();
  return fail(errc::not_found, "no executable '" + std::string{command} + "' in /usr/local/bin, /usr/bin or /bin");
}

}  // namespace

result<allow_list> allow_list::make(const std::vector<std::string>& executables,
                                    const std::vector<std::string>& variables) {
  allow_list made;
  for (std::size_t i = 0; i < executables.size(); ++i) {
    const auto where = "process.allow[" + std::to_string(i) + "]";
    if (executables[i].empty() || executables[i].front() != '/')
      return fail(errc::invalid_argument, "'" + executables[i] + "' is no absolute path", "begin it with /", where);
    auto real = real_executable(executables[i]);
    if (!real) return fail(real.error().code, real.error().context, "list programs that are there", where);
    made.real_paths_[own_name(executables[i])] = std::move(*real);
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto where = "process.environment[" + std::to_string(i) + "]";
    if (!is_variable(variables[i]))
      return fail(errc::invalid_argument, "'" + variables[i] + "' is no name of an environment variable",
                  "use letters, digits and _", where);
    if (is_set_by_the_node(variables[i]))
      return fail(errc::invalid_argument, variables[i] + " is set by the node", "take it off the list", where);
    made.variables_.insert(variables[i]);
  }
  return made;
}

result<std::string> allow_list::resolve(std::string_view command) const {
  auto named = look_up(command);
  if (!named) return named;
  const auto at = real_paths_.find(own_name(*named));
  if (at != real_paths_.end()) return at->second;
  return fail(errc::not_allowed, "running " + *named + " is not allowed on this node",
              "add \"" + *named + "\" to `allow` under [process] in the node's configuration");
}

result<void> allow_list::check_variable(const std::string& name, std::string_view value) const {
  if (!is_variable(name) || value.find('\0') != std::string_view::npos)
    return fail(errc::invalid_argument, "'" + name + "' is no environment variable",
                "its name holds letters, digits and _; its value no zero byte");
  if (variables_.contains(name)) return {};
  return fail(errc::not_allowed, "setting " + name + " is not allowed on this node",
              "add \"" + name + "\" to `environment` under [process] in the node's configuration");
}

}  // namespace dunlin
