// SPDX-License-Identifier: Apache-2.0
#include "actors/process/child_process.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace dunlin {

namespace {

constexpr std::size_t tail_bytes = 16 * 1024;  // kept of output that is not kept whole
constexpr int reads_per_event = 16;            // so that one loud child does not hold up the others

std::uint64_t ns_of(const timeval& t) noexcept {
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_usec) * 1'000U;
}

std::uint64_t ns_between(steady_time from, steady_time to) noexcept {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(to - from).count());
}

void append(bytes& to, bytes_view raw, bool whole) {
  to.insert(to.end(), raw.begin(), raw.end());
  if (!whole && to.size() > 2 * tail_bytes) to.erase(to.begin(), to.end() - static_cast<std::ptrdiff_t>(tail_bytes));
}

}  // namespace

child_process::child_process(child_options options, std::function<void(bytes_view)> on_channel)
    : options_(std::move(options)), on_channel_(std::move(on_channel)) {}

child_process::~child_process() {
  if (child_.pid > 0 && !reaped_) {
    signal_group(SIGKILL);
    ::waitpid(child_.pid, nullptr, WNOHANG);
  }
  if (home_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(home_, ignored);
}

result<void> child_process::start(const std::string& work_root, steady_time now) {
  std::string home = work_root + "/child-XXXXXX";
  if (::mkdtemp(home.data()) == nullptr)
    return fail(errc::io_failed, "create a directory in " + work_root + ": " + std::strerror(errno));
  home_ = std::move(home);
  auto spawned = spawn_child(options_, home_);
  if (!spawned) return fail(std::move(spawned.error()));
  child_ = std::move(*spawned);
  started_ = now;
  limit(options_.timeout, now);
  return {};
}

descriptor& child_process::wire_of(wire w) noexcept {
  switch (w) {
    case wire::output:
      return child_.output;
    case wire::errors:
      return child_.errors;
    case wire::channel:
      return child_.channel;
    default:
      return child_.ended;
  }
}

int child_process::fd(wire w) const noexcept { return const_cast<child_process*>(this)->wire_of(w).get(); }

void child_process::on_readable(wire w, steady_time now) {
  if (w != wire::ended) return drain(w, now);
  // It is a zombie until it is reaped, so its group number is still its own: nobody else can be hit.
  signal_group(SIGKILL);
  for (const auto rest : {wire::channel, wire::output, wire::errors}) drain(rest, now);
  over_ = true;
}

void child_process::drain(wire w, steady_time now) {
  std::array<std::byte, 16 * 1024> room;
  auto& from = wire_of(w);
  for (int i = 0; i < reads_per_event && from; ++i) {
    const auto got = ::read(from.get(), room.data(), room.size());
    if (got > 0)
      capture(w, {room.data(), static_cast<std::size_t>(got)}, now);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
      from.close();
    else if (errno == EAGAIN)
      return;
  }
}

void child_process::capture(wire w, bytes_view raw, steady_time now) {
  if (w == wire::channel) return on_channel_ ? on_channel_(raw) : void();
  const auto room = options_.output_cap_bytes - std::min(written_, options_.output_cap_bytes);
  append(w == wire::output ? report_.output : report_.errors, raw.first(std::min<std::size_t>(raw.size(), room)),
         options_.keep_output);
  written_ += raw.size();
  if (written_ > options_.output_cap_bytes) kill_at_once(errc::output_too_large, now);
}

result<void> child_process::write(bytes_view raw) {
  if (!child_.channel) return fail(errc::link_down, "the child has closed its channel");
  if (unsent_.size() + raw.size() > write_cap_bytes)
    return fail(errc::overloaded, "the child does not read its channel");
  unsent_.insert(unsent_.end(), raw.begin(), raw.end());
  on_writable();
  return {};
}

void child_process::on_writable() {
  while (!unsent_.empty() && child_.channel) {
    const auto sent = ::send(child_.channel.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent > 0)
      unsent_.erase(unsent_.begin(), unsent_.begin() + sent);
    else if (errno == EAGAIN)
      return;
    else if (errno != EINTR)
      unsent_.clear();  // it is dying: its end says why
  }
}

void child_process::kill(errc why, steady_time now) {
  if (over_ || report_.killed != errc::none) return;
  report_.killed = why;
  terminate_at_ = never;
  kill_at_ = now + options_.grace;
  signal_group(SIGTERM);
}

void child_process::kill_at_once(errc why, steady_time now) {
  if (over_) return;
  if (report_.killed == errc::none) report_.killed = why;
  terminate_at_ = kill_at_ = never;
  lost_at_ = std::min(lost_at_, now + patience_after_kill);
  signal_group(SIGKILL);
}

void child_process::limit(std::chrono::milliseconds timeout, steady_time now) {
  terminate_at_ = timeout.count() > 0 ? now + timeout : never;
  written_ = 0;
  if (options_.keep_output) return;
  report_.output.clear();
  report_.errors.clear();
}

void child_process::on_tick(steady_time now) {
  if (over_) return;
  if (now >= terminate_at_) kill(errc::timeout, now);
  if (now >= kill_at_) kill_at_once(errc::timeout, now);
  if (now < lost_at_) return;
  report_.killed = errc::stuck_handler;
  over_ = true;
}

steady_time child_process::next_tick() const noexcept {
  return over_ ? never : std::min({terminate_at_, kill_at_, lost_at_});
}

child_report child_process::take_report(steady_time now) {
  report_.last_lines = last_lines();
  report_.wall_ns = ns_between(started_, now);
  reap();
  return std::move(report_);
}

void child_process::reap() {
  int status = 0;
  rusage used{};
  if (::wait4(child_.pid, &status, WNOHANG, &used) != child_.pid) return;
  reaped_ = true;
  if (WIFEXITED(status)) report_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) report_.signal = WTERMSIG(status);
  report_.cpu_ns = ns_of(used.ru_utime) + ns_of(used.ru_stime);
  report_.peak_rss_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024U;
}

std::uint64_t child_process::cpu_ns() const noexcept {
  clockid_t clock{};
  timespec t{};
  if (child_.pid <= 0 || ::clock_getcpuclockid(child_.pid, &clock) != 0 || ::clock_gettime(clock, &t) != 0) return 0;
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

std::string child_process::last_lines() const {
  auto lines = printable_tail(as_text(report_.errors));
  return lines.empty() ? printable_tail(as_text(report_.output)) : lines;
}

void child_process::signal_group(int signal) const noexcept {
  if (child_.pid > 0 && !reaped_) ::kill(-child_.pid, signal);
}

}  // namespace dunlin
