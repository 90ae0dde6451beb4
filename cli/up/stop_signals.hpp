// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "actors/process/descriptor.hpp"

namespace dunlin::cli {

/// SIGINT and SIGTERM as something to read: blocked in this thread and those it starts from now on. Make it before any
/// thread. What this process starts must unblock them.
class stop_signals {
 public:
  stop_signals();
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Readable when a signal is there.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Takes one signal; false if there is none.
  bool take() noexcept;

  /// The mask before: what a child should run with.
  [[nodiscard]] const sigset_t& before() const noexcept { return before_; }

 private:
  sigset_t before_{};
  descriptor fd_;
};

}  // namespace dunlin::cli
