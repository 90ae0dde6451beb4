// SPDX-License-Identifier: Apache-2.0
// Between vfork and exec the child shares our memory and must not allocate, lock or return: everything it needs is
// prepared in a plan, and it only makes system calls.
#include "actors/process/spawn.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace dunlin {

namespace {

constexpr int lowest_own_descriptor = 16;  // above all that a child starts with
constexpr int channel_descriptor = 3;
constexpr int last_capability = 63;

/// Where a child failed before it became the program.
struct failure {
  const char* step = nullptr;  // text of this program, which the child shares
  int number = 0;
};

/// All that the child needs, in memory that it only reads.
struct child_plan {
  const char* executable = nullptr;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* home = nullptr;
  child_limits limits;
  pid_t parent = 0;
  int nothing = -1;  // /dev/null
  int output = -1;
  int errors = -1;
  int channel = -1;
  int report = -1;  // closes on exec; a failure is written here
};

[[noreturn]] void give_up(const child_plan& plan, const char* step) {
  const failure what{step, errno};
  [[maybe_unused]] const auto n = ::write(plan.report, &what, sizeof what);
  _exit(127);
}

void set_limit(const child_plan& plan, __rlimit_resource which, std::uint64_t value) {
  const rlimit limit{value, value};
  // One below what we ask for is as good; raising it is not ours to do.
  if (value != 0 && ::setrlimit(which, &limit) != 0 && errno != EPERM) give_up(plan, "setrlimit");
}

void set_limits(const child_plan& plan) {
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) give_up(plan, "setrlimit");
  set_limit(plan, RLIMIT_CPU, plan.limits.cpu_seconds);
  set_limit(plan, RLIMIT_AS, plan.limits.address_space_bytes);
  set_limit(plan, RLIMIT_NOFILE, plan.limits.open_files);
  set_limit(plan, RLIMIT_NPROC, plan.limits.processes);
  set_limit(plan, RLIMIT_FSIZE, plan.limits.file_bytes);
}

void connect_descriptors(const child_plan& plan) {
  if (::dup2(plan.nothing, 0) < 0 || ::dup2(plan.output, 1) < 0 || ::dup2(plan.errors, 2) < 0) give_up(plan, "dup2");
  if (plan.channel >= 0 && ::dup2(plan.channel, channel_descriptor) < 0) give_up(plan, "dup2");
  const unsigned first = plan.channel >= 0 ? channel_descriptor + 1 : channel_descriptor;
  if (::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(plan, "close_range");
}

void drop_privileges(const child_plan& plan) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(plan, "no_new_privs");
  // Only root may and needs to: what is dropped here is gone after exec.
  for (int capability = 0; capability <= last_capability; ++capability) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const child_plan& plan) {
  if (::setsid() < 0) give_up(plan, "setsid");
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(plan, "death signal");
  if (::getppid() != plan.parent) _exit(127);  // the parent died before that
  ::umask(077);
  connect_descriptors(plan);
  set_limits(plan);
  if (::chdir(plan.home) != 0) give_up(plan, "chdir");
  drop_privileges(plan);
  reset_signals();
  ::execve(plan.executable, plan.arguments.data(), plan.environment.data());
  give_up(plan, "execve");
}

/// Starts the child with every signal blocked, so that no handler of ours runs in the shared memory.
[[gnu::noinline]] pid_t launch(const child_plan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();
  if (pid == 0) become(plan);
  const int number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = number;
  return pid;
}

/// Both ends of a connection.
struct ends {
  descriptor ours;
  descriptor theirs;
};

/// Moves a descriptor out of the range that the child's own ones take.
descriptor raise(int fd) {
  const descriptor low{fd};
  return descriptor{::fcntl(fd, F_DUPFD_CLOEXEC, lowest_own_descriptor)};
}

result<ends> raised(const std::array<int, 2>& pair, bool ours_waits) {
  ends out{raise(pair[0]), raise(pair[1])};
  if (!out.ours || !out.theirs) return fail(errc::io_failed, std::string("fcntl: ") + std::strerror(errno));
  if (!ours_waits) ::fcntl(out.ours.get(), F_SETFL, O_NONBLOCK);
  return out;
}

result<ends> make_pipe(bool ours_waits = false) {
  std::array<int, 2> pair{};
  if (::pipe2(pair.data(), O_CLOEXEC) != 0) return fail(errc::io_failed, std::string("pipe: ") + std::strerror(errno));
  return raised(pair, ours_waits);
}

result<ends> make_channel() {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return fail(errc::io_failed, std::string("socketpair: ") + std::strerror(errno));
  return raised(pair, false);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out(texts.size() + 1, nullptr);
  for (std::size_t i = 0; i < texts.size(); ++i) out[i] = texts[i].data();
  return out;
}

std::vector<std::string> environment_of(const child_options& options, const std::string& home) {
  std::vector<std::string> out{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + home, "TMPDIR=" + home};
  for (const auto& [name, value] : options.environment) out.emplace_back(name).append("=").append(value);
  return out;
}

error start_error(const failure& what, const child_options& options) {
  if (std::strcmp(what.step, "execve") == 0 && (what.number == ENOENT || what.number == EACCES))
    return error{errc::not_found, "cannot run " + options.executable + ": " + std::strerror(what.number)};
  if (what.number == E2BIG)
    return error{errc::too_large, "the arguments and environment of " + options.executable + " are too long",
                 "pass large data in a file"};
  return error{errc::io_failed, "start " + options.executable + ": " + what.step + ": " + std::strerror(what.number)};
}

/// What connects parent and child while one is made.
struct connections {
  ends output, errors, channel, report;
  descriptor nothing;
};

result<connections> connect(bool channel) {
  connections c;
  for (auto* pipe : {&c.output, &c.errors}) {
    auto made = make_pipe();
    if (!made) return fail(made.error());
    *pipe = std::move(*made);
  }
  auto report = make_pipe(true);
  auto socket = channel ? make_channel() : result<ends>{ends{}};
  if (!report || !socket) return fail(!report ? report.error() : socket.error());
  c.report = std::move(*report);
  c.channel = std::move(*socket);
  c.nothing = raise(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!c.nothing) return fail(errc::io_failed, std::string("open /dev/null: ") + std::strerror(errno));
  return c;
}

/// Waits until the child has become the program; that closes its end of the pipe.
result<void> await_exec(connections& c, pid_t pid, const child_options& options) {
  c.report.theirs.close();
  failure what;
  ssize_t got = 0;
  do got = ::read(c.report.ours.get(), &what, sizeof what);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  ::waitpid(pid, nullptr, 0);
  return fail(start_error(what, options));
}

}  // namespace

result<spawned_child> spawn_child(const child_options& options, const std::string& home) {
  auto links = connect(options.channel);
  if (!links) return fail(links.error());
  auto arguments = options.arguments;
  if (arguments.empty()) arguments.push_back(options.executable);
  auto environment = environment_of(options, home);

  child_plan plan;
  plan.executable = options.executable.c_str();
  plan.arguments = pointers_to(arguments);
  plan.environment = pointers_to(environment);
  plan.home = home.c_str();
  plan.limits = options.limits;
  plan.parent = ::getpid();
  plan.nothing = links->nothing.get();
  plan.output = links->output.theirs.get();
  plan.errors = links->errors.theirs.get();
  plan.channel = links->channel.theirs.get();
  plan.report = links->report.theirs.get();

  const pid_t pid = launch(plan);
  if (pid < 0) return fail(errc::io_failed, std::string("fork: ") + std::strerror(errno));
  if (auto started = await_exec(*links, pid, options); !started) return fail(started.error());
  descriptor ended{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!ended) {
    const error why{errc::io_failed, std::string("pidfd_open: ") + std::strerror(errno)};
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail(why);
  }
  return spawned_child{pid, std::move(ended), std::move(links->output.ours), std::move(links->errors.ours),
                       std::move(links->channel.ours)};
}

}  // namespace dunlin
