// SPDX-License-Identifier: Apache-2.0
// Agents that notice if two of them, in whatever processes, have the same device at once.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "actors/agent.hpp"
#include "tests/system/poll.hpp"

namespace dunlin::test {

/// A lock that one process has at a time, or none.
class witness {
 public:
  explicit witness(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~witness() { ::close(fd_); }
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;

  [[nodiscard]] bool enter() const {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) return false;
    const auto me = ::getpid();
    return ::pwrite(fd_, &me, sizeof me, 0) == sizeof me;
  }
  void leave() const { ::flock(fd_, LOCK_UN); }

  /// Whoever has it stands still, and so does its step.
  [[nodiscard]] bool stands_still() const {
    pid_t holder = 0;
    if (::pread(fd_, &holder, sizeof holder, 0) != sizeof holder) return false;
    std::ifstream status{"/proc/" + std::to_string(holder) + "/stat"};
    const std::string text{std::istreambuf_iterator<char>{status}, {}};
    return text.find(") T ") != std::string::npos;
  }

 private:
  int fd_;
};

inline void work_for(std::chrono::microseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
  }
}

/// Steps until its stop file exists. Payload: `LOCK STOP`. Returns how many steps there were, and during how many of
/// them another agent worked too.
class stepping_witness final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const std::string payload{as_text(task.payload())};
    const auto space = payload.find(' ');
    const witness seen{payload.substr(0, space)};
    const auto stop = payload.substr(space + 1);
    std::uint64_t steps = 0;
    std::uint64_t together = 0;
    for (; !std::filesystem::exists(stop); ++steps) {
      const bool alone = seen.enter();
      if (!alone && !seen.stands_still()) ++together;
      work_for(std::chrono::milliseconds{1});
      if (alone) seen.leave();
      if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
    }
    return to_bytes(std::to_string(steps) + " " + std::to_string(together));
  }
};

/// The same in one piece of 20 ms, in a process of its own. Payload: `LOCK`.
class whole_witness final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const witness seen{std::string{as_text(task.payload())}};
    if (!seen.enter()) return fail(errc::conflict, "somebody else works on the device");
    work_for(std::chrono::milliseconds{20});
    return to_bytes("alone");
  }
};

}  // namespace dunlin::test
