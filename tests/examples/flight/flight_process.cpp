// SPDX-License-Identifier: Apache-2.0
#include "tests/examples/flight/flight_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/system/poll.hpp"

extern char** environ;

namespace dunlin::flight {

namespace {

using namespace std::chrono_literals;

std::string read(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();  // an iterator throws where a process ends while its files are read
  return std::move(text).str();
}

}  // namespace

flight_process::flight_process() {
  ::setenv("TMPDIR", temporary_.path().c_str(), 1);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const auto out = words_.path() + "/out";
  const auto err = words_.path() + "/err";
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  char name[] = "flight";
  char* arguments[] = {name, nullptr};
  if (::posix_spawn(&pid_, FLIGHT_PROGRAM, &files, nullptr, arguments, environ) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&files);
  ::unsetenv("TMPDIR");
}

flight_process::~flight_process() {
  if (pid_ <= 0) return;
  send(SIGTERM);  // its nodes end with it
  if (!test::eventually([this] { return collect(); })) send(SIGKILL);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

bool flight_process::wait_for(const std::string& pattern) {
  const std::regex wanted{pattern};
  bool found = false;
  test::eventually(
      [&] {
        const bool over = collect();
        found = std::regex_search(errors(), wanted);
        return found || over;
      },
      60s);
  return found;
}

int flight_process::wait() {
  test::eventually([this] { return collect(); }, 120s);
  return code_;
}

bool flight_process::collect() {
  int status = 0;
  if (pid_ <= 0) return true;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = -1;
  if (WIFEXITED(status)) code_ = WEXITSTATUS(status);
  return true;
}

void flight_process::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

pid_t flight_process::node(const std::string& name) const {
  const auto text = errors();
  const auto mark = name + " (process ";
  const auto at = text.find(mark);
  return at == std::string::npos ? 0 : static_cast<pid_t>(std::atoi(text.c_str() + at + mark.size()));
}

std::string flight_process::output() const { return read(words_.path() + "/out"); }
std::string flight_process::errors() const { return read(words_.path() + "/err"); }
bool flight_process::left_nothing() const { return std::filesystem::is_empty(temporary_.path()); }

bool is_gone(pid_t process) {
  return process > 0 && test::eventually([process] { return ::kill(process, 0) != 0; });
}

}  // namespace dunlin::flight
