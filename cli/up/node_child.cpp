// SPDX-License-Identifier: Apache-2.0
#include "cli/up/node_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>

#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

constexpr std::size_t longest_line = 64 * 1'024;

struct child_wires {
  int input;
  int output;
  int errors;
};

/// Between fork and exec: nothing here may allocate.
[[noreturn]] void become(char* const* arguments, const child_wires& wires, const sigset_t& mask, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  ::dup2(wires.input, 0);
  ::dup2(wires.output, 1);
  ::dup2(wires.errors, 2);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

tl::unexpected<error> cannot(const std::string& what) {
  return fail(errc::io_failed, "cannot " + what + ": " + std::strerror(errno));
}

}  // namespace

result<node_child> node_child::start(const std::vector<std::string>& arguments, const std::string& log,
                                     const sigset_t& mask) {
  const descriptor nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const descriptor errors{::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (errors.get() < 0) return cannot("write '" + log + "'");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("make a pipe");
  node_child out;
  out.output_ = descriptor{ends[0]};
  const descriptor theirs{ends[1]};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (const auto& one : arguments) raw.push_back(const_cast<char*>(one.c_str()));
  raw.push_back(nullptr);
  const auto parent = ::getpid();
  out.pid_ = ::fork();
  if (out.pid_ < 0) return cannot("start a process");
  if (out.pid_ == 0) become(raw.data(), {nothing.get(), theirs.get(), errors.get()}, mask, parent);
  out.ended_ = descriptor{static_cast<int>(::syscall(SYS_pidfd_open, out.pid_, 0))};
  return out;
}

std::optional<ready_line> node_child::read_output() {
  std::array<char, 4'096> part{};
  while (output_.get() >= 0) {
    const auto count = ::read(output_.get(), part.data(), part.size());
    if (count < 0) return std::nullopt;
    if (count == 0) output_ = descriptor{};
    line_.append(part.data(), static_cast<std::size_t>(count));
    if (line_.size() > longest_line) line_.clear();  // whatever it is, it is no ready line
    if (const auto end = line_.find('\n'); end != std::string::npos) {
      auto ready = parse_ready_line(std::string_view{line_}.substr(0, end));
      line_.erase(0, end + 1);
      if (ready) return ready;
    }
  }
  return std::nullopt;
}

std::optional<node_end> node_child::collect() {
  int status = 0;
  if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  ended_ = descriptor{};
  output_ = descriptor{};
  if (WIFEXITED(status))
    return node_end{WEXITSTATUS(status) == 0, false, "exit code " + std::to_string(WEXITSTATUS(status))};
  const int signal = WTERMSIG(status);
  return node_end{false, signal == SIGTERM, "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")"};
}

void node_child::send(int signal) const noexcept {
  if (pid_ > 0) ::kill(pid_, signal);
}

std::optional<error> last_error_in(const std::string& log, std::uint64_t from) {
  std::ifstream in{log};
  in.seekg(static_cast<std::streamoff>(from));
  std::optional<error> out;
  for (std::string line; std::getline(in, line);)
    if (auto read = line.starts_with("{\"error\"") ? json::parse_as<error>(line) : result<error>{fail(errc::malformed)})
      out = std::move(*read);
  return out;
}

}  // namespace dunlin::cli
