// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/other_programs.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "actors/process/descriptor.hpp"

namespace dunlin::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view prefix = "dunlin-";
constexpr auto answer_patience = std::chrono::seconds{5};
constexpr std::size_t longest_answer = 64 * 1'024;

/// Reads what comes until the other end is closed, the time is over or it is too much.
std::string read_all(int from) {
  std::string out;
  std::array<char, 4'096> part{};
  const auto until = clock::now() + answer_patience;
  while (out.size() < longest_answer) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    pollfd wire{from, POLLIN, 0};
    if (left <= 0 || ::poll(&wire, 1, static_cast<int>(left)) <= 0) break;
    const auto count = ::read(from, part.data(), part.size());
    if (count <= 0) break;
    out.append(part.data(), static_cast<std::size_t>(count));
  }
  return out;
}

/// Returns what `program agent-kinds` prints; empty if it cannot be started.
std::string kinds_of(const std::string& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const descriptor ours{ends[0]};
  descriptor theirs{ends[1]};
  std::string path = program, verb = "agent-kinds";
  const std::array<char*, 3> arguments{path.data(), verb.data(), nullptr};
  posix_spawn_file_actions_t wires;
  ::posix_spawn_file_actions_init(&wires);
  ::posix_spawn_file_actions_addopen(&wires, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&wires, theirs.get(), 1);
  ::posix_spawn_file_actions_addopen(&wires, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const bool started = ::posix_spawn(&child, path.c_str(), &wires, nullptr, arguments.data(), environ) == 0;
  ::posix_spawn_file_actions_destroy(&wires);
  if (!started) return {};
  theirs.close();
  auto out = read_all(ours.get());
  ::kill(child, SIGKILL);  // it has said all it has to say
  ::waitpid(child, nullptr, 0);
  return out;
}

/// The arguments of this process, the first one replaced.
std::vector<std::string> own_arguments(const std::string& program) {
  std::ifstream in{"/proc/self/cmdline", std::ios::binary};
  std::vector<std::string> out;
  for (std::string word; std::getline(in, word, '\0');) out.push_back(std::move(word));
  if (!out.empty()) out.front() = program;
  return out;
}

}  // namespace

std::vector<std::string> programs_in(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code why;
  std::vector<std::string> out;
  for (auto at = fs::directory_iterator{directory, why}; !why && at != fs::directory_iterator{}; at.increment(why)) {
    const auto path = at->path().string();
    std::error_code none;
    if (at->path().filename().string().starts_with(prefix) && fs::is_regular_file(at->path(), none) &&
        ::access(path.c_str(), X_OK) == 0)
      out.push_back(path);
  }
  std::ranges::sort(out);
  return out;
}

std::string program_with(const std::vector<std::string>& programs, const std::string& kind) {
  for (const auto& program : programs)
    if (("\n" + kinds_of(program)).find("\n" + kind + "\n") != std::string::npos) return program;
  return {};
}

error hand_over_to(const std::string& program) {
  auto arguments = own_arguments(program);
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (auto& one : arguments) raw.push_back(one.data());
  raw.push_back(nullptr);
  ::execv(program.c_str(), raw.data());
  return error{errc::io_failed, "cannot start '" + program + "': " + std::strerror(errno)};
}

std::string own_directory() {
  std::error_code why;
  return std::filesystem::read_symlink("/proc/self/exe", why).parent_path().string();
}

}  // namespace dunlin::cli
