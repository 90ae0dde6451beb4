// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/process_is_gone.hpp"

#include <signal.h>
#include <sys/types.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>

namespace dunlin {

bool process_is_gone(std::uint64_t pid) {
  if (::kill(static_cast<pid_t>(pid), 0) != 0) return errno == ESRCH;
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::ostringstream content;
  content << file.rdbuf();  // an iterator would throw if the process ended between opening and reading
  const auto text = std::move(content).str();
  if (text.empty()) return ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH;
  const auto name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos || name_end + 2 >= text.size()) return false;
  const char state = text[name_end + 2];
  return state == 'Z' || state == 'X';
}

}  // namespace dunlin
