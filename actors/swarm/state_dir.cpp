// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/state_dir.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace dunlin {

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
  return {};
}

std::string default_state_dir() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != '\0') return std::string{state} + "/dunlin";
  const char* home = std::getenv("HOME");
  return std::string{home == nullptr ? "/tmp" : home} + "/.local/state/dunlin";
}

}  // namespace dunlin
