// SPDX-License-Identifier: Apache-2.0
#include "actors/process/process_host.hpp"

#include "actors/process/process_loop.hpp"

namespace dunlin {

result<std::unique_ptr<process_host>> process_host::make(process_host_options options) {
  auto running = std::make_unique<loop>(std::move(options));
  if (auto opened = running->open(); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<process_host>(new process_host(std::move(running)));
}

process_host::process_host(std::unique_ptr<loop> running) : loop_(std::move(running)) {}

process_host::~process_host() = default;

result<child_id> process_host::start(child_options options, child_events events) {
  auto id = loop_->reserve();
  if (!id) return id;
  auto order = [loop = loop_.get(), id = *id, options = std::move(options), events = std::move(events)]() mutable {
    loop->start(id, std::move(options), std::move(events));
  };
  if (auto taken = loop_->submit(std::move(order)); !taken) {
    loop_->unreserve();
    return fail(std::move(taken.error()));
  }
  return id;
}

void process_host::write(child_id child, bytes raw) {
  static_cast<void>(loop_->submit(
      [loop = loop_.get(), child, raw = std::move(raw)] {
        auto* process = loop->find(child);
        if (process == nullptr) return;
        if (!process->write(raw)) process->kill(errc::protocol_violation, std::chrono::steady_clock::now());
        loop->refresh(child);
      },
      true));
}

void process_host::kill(child_id child, errc why) {
  static_cast<void>(loop_->submit(
      [loop = loop_.get(), child, why] {
        if (auto* process = loop->find(child)) process->kill(why, std::chrono::steady_clock::now());
      },
      true));
}

void process_host::limit(child_id child, std::chrono::milliseconds timeout) {
  static_cast<void>(loop_->submit(
      [loop = loop_.get(), child, timeout] {
        if (auto* process = loop->find(child)) process->limit(timeout, std::chrono::steady_clock::now());
      },
      true));
}

result<void> process_host::post(std::function<void()> order) { return loop_->submit(std::move(order)); }

std::uint64_t process_host::cpu_ns(child_id child) const {
  const auto* process = loop_->find(child);
  return process == nullptr ? 0 : process->cpu_ns();
}

bool process_host::is_ending(child_id child) const {
  const auto* process = loop_->find(child);
  return process == nullptr || process->is_ending();
}

std::string process_host::last_lines(child_id child) const {
  const auto* process = loop_->find(child);
  return process == nullptr ? std::string{} : process->last_lines();
}

}  // namespace dunlin
