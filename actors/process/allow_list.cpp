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
  if (why) return fail(errc::not_found, "no executable " + path.string() + ": " + why.message());
  if (!fs::is_regular_file(real, why) || ::access(real.c_str(), X_OK) != 0)
    return fail(errc::not_found, path.string() + " is not executable");
  return real.string();
}

result<std::string> look_up(std::string_view command) {
  if (command.find('\0') != std::string_view::npos || command.empty())
    return fail(errc::invalid_argument, "the command has no name");
  if (command.front() == '/') return real_executable(command);
  if (command.find('/') != std::string_view::npos)
    return fail(errc::invalid_argument, "'" + std::string{command} + "' is relative",
                "give an absolute path or a plain name");
  for (const auto* folder : search_path)
    if (auto found = real_executable(fs::path{folder} / command)) return found;
  return fail(errc::not_found, "no executable '" + std::string{command} + "' in /usr/local/bin, /usr/bin or /bin");
}

}  // namespace

result<allow_list> allow_list::make(const std::vector<std::string>& executables) {
  allow_list made;
  for (std::size_t i = 0; i < executables.size(); ++i) {
    const auto where = "process.allow[" + std::to_string(i) + "]";
    if (executables[i].empty() || executables[i].front() != '/')
      return fail(errc::invalid_argument, "'" + executables[i] + "' is no absolute path", "", where);
    auto real = real_executable(executables[i]);
    if (!real) return fail(real.error().code, real.error().context, "", where);
    made.real_paths_.push_back(std::move(*real));
  }
  std::sort(made.real_paths_.begin(), made.real_paths_.end());
  return made;
}

result<std::string> allow_list::resolve(std::string_view command) const {
  auto real = look_up(command);
  if (!real || std::binary_search(real_paths_.begin(), real_paths_.end(), *real)) return real;
  return fail(errc::not_allowed, "running " + *real + " is not allowed on this node",
              "add \"" + *real + "\" to `allow` under [process] in the node's configuration");
}

}  // namespace dunlin
