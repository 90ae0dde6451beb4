// SPDX-License-Identifier: Apache-2.0
#include "tests/system/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "tests/system/poll.hpp"

namespace dunlin::test {

namespace {

/// The caller's environment without what would steer the program.
std::vector<char*> quiet_environment() {
  std::vector<char*> out;
  for (char** at = environ; *at != nullptr; ++at)
    if (!std::string_view{*at}.starts_with("DUNLIN_")) out.push_back(*at);
  out.push_back(nullptr);
  return out;
}

}  // namespace

program::program(std::vector<std::string> arguments) {
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (auto& one : arguments) raw.push_back(one.data());
  raw.push_back(nullptr);
  auto variables = quiet_environment();
  posix_spawn_file_actions_t wires;
  ::posix_spawn_file_actions_init(&wires);
  const auto out = files_.path() + "/out", err = files_.path() + "/err";
  ::posix_spawn_file_actions_addopen(&wires, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&wires, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addopen(&wires, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  if (::posix_spawn(&pid_, raw.front(), &wires, nullptr, raw.data(), variables.data()) != 0) code_ = 127;
  ::posix_spawn_file_actions_destroy(&wires);
}

program::~program() {
  if (!runs()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void program::send(int signal) const noexcept {
  if (!code_) ::kill(pid_, signal);
}

std::string program::out() const { return content_of(files_.path() + "/out"); }
std::string program::err() const { return content_of(files_.path() + "/err"); }

bool program::runs() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return !code_;
}

ended_program program::wait() {
  const bool ended = eventually([&] { return !runs(); });
  return {ended ? *code_ : -1, out(), err()};
}

ended_program run_to_end(std::vector<std::string> arguments) { return program{std::move(arguments)}.wait(); }

std::vector<pid_t> processes_with(const std::string& text) {
  namespace fs = std::filesystem;
  std::vector<pid_t> out;
  std::error_code why;
  for (auto at = fs::directory_iterator{"/proc", why}; !why && at != fs::directory_iterator{}; at.increment(why)) {
    const auto name = at->path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{} || pid == ::getpid()) continue;
    if (content_of(at->path().string() + "/cmdline").find(text) != std::string::npos) out.push_back(pid);
  }
  return out;
}

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();  // an iterator throws where a process ends while its files are read
  return std::move(text).str();
}

}  // namespace dunlin::test
