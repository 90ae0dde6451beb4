// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/peer_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace dunlin::bench {

namespace {

constexpr int patience_ms = 20'000;
constexpr int end_patience_ms = 5'000;

error failed(const char* what) { return error{errc::io_failed, std::string{what} + ": " + std::strerror(errno)}; }

/// Between fork and exec: only what may be called there.
[[noreturn]] void become(char** arguments, int in, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

result<std::unique_ptr<peer_process>> peer_process::start(std::vector<std::string> program, manners with) {
  int to[2];
  int from[2];
  if (::pipe2(to, O_CLOEXEC) != 0) return fail(failed("pipe"));
  if (::pipe2(from, O_CLOEXEC) != 0) {
    const auto why = failed("pipe");
    ::close(to[0]);
    ::close(to[1]);
    return fail(why);
  }
  std::vector<char*> arguments;
  arguments.reserve(program.size() + 1);
  for (auto& each : program) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  const auto pid = ::fork();
  if (pid == 0) become(arguments.data(), to[0], from[1]);
  ::close(to[0]);
  ::close(from[1]);
  if (pid > 0) return std::unique_ptr<peer_process>{new peer_process{pid, to[1], from[0], with}};
  const auto why = failed("fork");
  ::close(to[1]);
  ::close(from[0]);
  return fail(why);
}

peer_process::~peer_process() {
  ::close(to_);
  pollfd end{from_, POLLIN, 0};
  char rest[256];
  if (manners_ == manners::deaf) ::kill(pid_, SIGTERM);
  while (::poll(&end, 1, end_patience_ms) == 1 && ::read(from_, rest, sizeof rest) > 0) continue;
  ::kill(pid_, SIGKILL);  // it has closed its output: nothing is lost
  ::waitpid(pid_, nullptr, 0);
  ::close(from_);
}

result<std::string> peer_process::ask(const std::string& order) {
  if (auto told = tell(order); !told) return fail(std::move(told.error()));
  return answer(order);
}

result<void> peer_process::tell(const std::string& order) {
  const auto line = order + "\n";
  if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return fail(failed("write"));
  return {};
}

result<std::string> peer_process::answer(const std::string& order) {
  while (heard_.find('\n') == std::string::npos) {
    pollfd waiting{from_, POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1) return fail(errc::timeout, "no answer to '" + order + "'");
    char text[256];
    const auto got = ::read(from_, text, sizeof text);
    if (got <= 0) return fail(errc::crashed, "the second process ended at '" + order + "'");
    heard_.append(text, static_cast<std::size_t>(got));
  }
  auto answer = heard_.substr(0, heard_.find('\n'));
  heard_.erase(0, answer.size() + 1);
  return answer;
}

}  // namespace dunlin::bench
