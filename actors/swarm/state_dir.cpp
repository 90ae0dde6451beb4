// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/state_dir.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace dunlin {

namespace {

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string{} : std::string{text};
}

/// Whoever may write here could plant a token or a secret before the swarm makes its own.
result<void> check_owner(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0)
    return fail(errc::io_failed, "cannot look at '" + path + "': " + std::strerror(errno), "name another directory");
  if (facts.st_uid != ::geteuid())
    return fail(errc::forbidden, "'" + path + "' belongs to another user", "name a directory of your own");
  if ((facts.st_mode & 022) != 0)
    return fail(errc::forbidden, "others may write in '" + path + "'", "chmod go-w " + path);
  return {};
}

}  // namespace

result<void> prepare_state_dir(const std::string& path) {
  namespace fs = std::filesystem;
  const auto refused = [&path](const std::string& why) {
    return fail(errc::io_failed, "cannot keep state in '" + path + "': " + why,
                "name a directory that may be written, with --state-dir or DUNLIN_STATE_DIR");
  };
  std::error_code ec;
  const bool made = fs::create_directories(path, ec);
  if (ec) return refused(ec.message());
  if (made) fs::permissions(path, fs::perms::owner_all, ec);
  if (ec) return refused(ec.message());
  if (!fs::is_directory(path, ec)) return refused("it is no directory");
  if (::access(path.c_str(), W_OK | X_OK) != 0) return refused("it is not writable");
  return check_owner(path);
}

std::string default_state_dir() {
  if (const auto state = variable("XDG_STATE_HOME"); !state.empty()) return state + "/dunlin";
  if (const auto home = variable("HOME"); !home.empty()) return home + "/.local/state/dunlin";
  const auto* user = ::getpwuid(::geteuid());
  if (user != nullptr && user->pw_dir != nullptr) return std::string{user->pw_dir} + "/.local/state/dunlin";
  return default_run_dir() + "/state";
}

std::string default_run_dir() {
  if (const auto runtime = variable("XDG_RUNTIME_DIR"); !runtime.empty()) return runtime + "/dunlin";
  if (::geteuid() == 0) return "/run/dunlin";
  return "/tmp/dunlin-" + std::to_string(::geteuid());
}

}  // namespace dunlin
