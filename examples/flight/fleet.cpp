// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/fleet.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

extern char** environ;

namespace dunlin::flight {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto ready_patience = std::chrono::seconds{30};
constexpr auto end_patience = std::chrono::seconds{10};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

/// Starts this program again with `arguments`; its stdout goes to `out`.
result<pid_t> start_self(const std::vector<std::string>& arguments, int out) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail(errc::io_failed, std::string{"cannot start a node: "} + std::strerror(failed));
  return pid;
}

/// Reads one line, within the patience. Errors: timeout, crashed (the end came first).
result<std::string> read_line(int from) {
  const auto until = clock_type::now() + ready_patience;
  std::string line;
  while (line.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock_type::now()).count();
    pollfd wait{from, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) == 0)
      return fail(errc::timeout, "a node was not ready in time");
    char chunk[512];
    const auto got = ::read(from, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(errc::crashed, "a node ended before it was ready", "its reason stands above");
    line.append(chunk, static_cast<std::size_t>(got));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

fleet::~fleet() {
  for (const auto& each : running_) ::kill(each.pid, SIGKILL);
  for (const auto& each : running_) ::waitpid(each.pid, nullptr, 0);
}

result<void> fleet::start(const fleet_node& node) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errc::io_failed, std::string{"no pipe: "} + std::strerror(errno));
  std::vector<std::string> arguments{"flight",
                                     "node",
                                     "start",
                                     "--output",
                                     "json",
                                     "--name",
                                     node.name,
                                     "--state-dir",
                                     state_dir_,
                                     "--kinds",
                                     joined(node.kinds),
                                     "--capabilities",
                                     joined(node.capabilities),
                                     "--http-port",
                                     "0",
                                     "--link-port",
                                     "0",
                                     "--workers",
                                     std::to_string(node.workers)};
  if (!link_.empty()) arguments.insert(arguments.end(), {"--join", link_});
  const auto pid = start_self(arguments, ends[1]);
  ::close(ends[1]);
  auto line = pid ? read_line(ends[0]) : result<std::string>{fail(error{pid.error()})};
  ::close(ends[0]);
  if (pid) running_.push_back({node.name, *pid});
  if (!line) return fail(std::move(line.error()));
  const auto ready = nlohmann::json::parse(*line, nullptr, false);
  if (!ready.is_object()) return fail(errc::malformed, "a node said '" + *line + "' instead of being ready");
  if (!link_.empty()) return {};
  link_ = ready.value("link", "");
  http_ = ready.value("http", "");
  token_file_ = ready.value("token_file", "");
  return {};
}

bool fleet::wait() {
  const auto until = clock_type::now() + end_patience;
  bool well = true;
  for (const auto& each : std::exchange(running_, {})) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(each.pid, &status, WNOHANG)) == 0 && clock_type::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    if (ended == 0) {
      ::kill(each.pid, SIGKILL);
      ::waitpid(each.pid, &status, 0);
    }
    well = well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return well;
}

}  // namespace dunlin::flight
