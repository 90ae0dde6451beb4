// SPDX-License-Identifier: Apache-2.0
#include "actors/process/process_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dunlin {

namespace {

using wire = child_process::wire;
constexpr std::array wires{wire::ended, wire::output, wire::errors, wire::channel};
constexpr std::uint64_t bell_tag = 0;
constexpr std::chrono::seconds shut_down_patience{5};

steady_time now() { return std::chrono::steady_clock::now(); }

std::uint64_t tag_of(child_id id, wire w) noexcept { return id.value << 2 | static_cast<std::uint64_t>(w); }

error system_error(const char* call) { return error{errc::io_failed, std::string(call) + ": " + std::strerror(errno)}; }

}  // namespace

process_host::loop::loop(process_host_options options) : options_(std::move(options)) {}

process_host::loop::~loop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  if (!thread_.joinable()) return;
  eventfd_write(bell_.get(), 1);
  thread_.join();
}

result<void> process_host::loop::open() {
  std::error_code why;
  if (options_.work_root.empty()) options_.work_root = std::filesystem::temp_directory_path(why).string();
  std::filesystem::create_directories(options_.work_root, why);
  if (why) return fail(errc::io_failed, "create " + options_.work_root + ": " + why.message());
  poll_ = descriptor{::epoll_create1(EPOLL_CLOEXEC)};
  bell_ = descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  epoll_event event{EPOLLIN, {.u64 = bell_tag}};
  if (!poll_ || !bell_ || ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, bell_.get(), &event) != 0)
    return fail(system_error("epoll"));
  thread_ = std::thread([this] { run(); });
  return {};
}

result<void> process_host::loop::submit(std::function<void()> order, bool always) {
  const bool own = std::this_thread::get_id() == thread_.get_id();
  bool first = false;
  {
    std::lock_guard lock{mutex_};
    if (stopping_ && !own) return fail(errc::shutting_down, "the process host is shutting down");
    if (orders_.size() >= options_.max_orders && !own && !always) return fail(errc::overloaded, "too many orders wait");
    first = orders_.empty();
    orders_.push_back(std::move(order));
  }
  if (first && !own) eventfd_write(bell_.get(), 1);
  return {};
}

result<child_id> process_host::loop::reserve() {
  if (children_.fetch_add(1) >= options_.max_children) {
    children_.fetch_sub(1);
    return fail(errc::overloaded, std::to_string(options_.max_children) + " children run already",
                "wait for one to end, or raise the limit");
  }
  return child_id{++last_id_};
}

void process_host::loop::run() {
  while (run_orders()) {
    wait_and_read();
    tick();
    collect();
  }
  shut_down();
}

// Returns false when the host is being destroyed.
bool process_host::loop::run_orders() {
  std::vector<std::function<void()>> orders;
  bool stop = false;
  {
    std::lock_guard lock{mutex_};
    orders.swap(orders_);
    stop = stopping_;
  }
  for (auto& order : orders) order();
  return !stop;
}

void process_host::loop::wait_and_read() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms());
  for (int i = 0; i < count; ++i)
    on_event(events[static_cast<std::size_t>(i)].data.u64, events[static_cast<std::size_t>(i)].events);
}

int process_host::loop::timeout_ms() {
  {
    std::lock_guard lock{mutex_};
    if (!orders_.empty()) return 0;  // this thread gave itself one
  }
  auto due = steady_time::max();
  for (const auto& [id, one] : entries_) due = std::min(due, one.process->is_over() ? now() : one.process->next_tick());
  if (due == steady_time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void process_host::loop::on_event(std::uint64_t tag, std::uint32_t events) {
  if (tag == bell_tag) {
    eventfd_t count = 0;
    eventfd_read(bell_.get(), &count);
    return;
  }
  const child_id id{tag >> 2};
  auto* process = find(id);
  if (process == nullptr) return;
  const auto which = static_cast<wire>(tag & 3);
  if ((events & EPOLLOUT) != 0) process->on_writable();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) process->on_readable(which, now());
  refresh(id);
}

void process_host::loop::start(child_id id, child_options options, child_events events) {
  entry one;
  one.process = std::make_unique<child_process>(std::move(options), events.channel);
  one.events = std::move(events);
  auto started = ending_ ? result<void>{fail(errc::shutting_down, "the process host is shutting down")}
                         : one.process->start(options_.work_root, now());
  if (!started) {
    child_report report;
    report.not_started = std::move(started.error());
    one.process.reset();  // nothing of it is left when its end is told
    unreserve();
    return one.events.end(std::move(report));
  }
  watch(id, *one.process);
  entries_.emplace(id.value, std::move(one));
}

void process_host::loop::watch(child_id id, const child_process& process) {
  for (const auto w : wires) {
    epoll_event event{EPOLLIN, {.u64 = tag_of(id, w)}};
    if (process.fd(w) >= 0) ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, process.fd(w), &event);
  }
}

child_process* process_host::loop::find(child_id id) {
  const auto found = entries_.find(id.value);
  return found == entries_.end() ? nullptr : found->second.process.get();
}

// Watches for room in the channel only while something waits for it.
void process_host::loop::refresh(child_id id) {
  auto& one = entries_.find(id.value)->second;
  const int fd = one.process->fd(wire::channel);
  if (fd < 0 || one.writing == one.process->wants_to_write()) return;
  one.writing = !one.writing;
  epoll_event event{one.writing ? EPOLLIN | EPOLLOUT : EPOLLIN, {.u64 = tag_of(id, wire::channel)}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void process_host::loop::tick() {
  for (auto& [id, one] : entries_) one.process->on_tick(now());
}

void process_host::loop::collect() {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto here = at++;
    if (!here->second.process->is_over()) continue;
    auto one = std::move(here->second);
    entries_.erase(here);
    end(std::move(one));
  }
}

void process_host::loop::end(entry one) {
  auto report = one.process->take_report(now());
  one.process.reset();
  unreserve();
  one.events.end(std::move(report));
}

void process_host::loop::shut_down() {
  ending_ = true;
  const auto give_up = now() + shut_down_patience;
  for (auto& [id, one] : entries_) one.process->kill_at_once(errc::shutting_down, now());
  while (!entries_.empty() && now() < give_up) {
    wait_and_read();
    tick();
    collect();
  }
  for (auto& [id, one] : std::exchange(entries_, {})) end(std::move(one));
  do run_orders();  // so that nothing that was accepted stays without an answer
  while (timeout_ms() == 0);
}

}  // namespace dunlin
