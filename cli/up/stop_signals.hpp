// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "actors/process/descriptor.hpp"

namespace dunlin::cli {

/// SIGINT and SIGTERM as something to read. They are caught, not blocked: a library may have made threads before `main`
/// (OpenBLAS does), and what such a thread does not block ends the process. One at a time in a process.
class stop_signals {
 public:
  stop_signals();
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Readable when a signal is there.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Takes one signal; false if there is none. Thread: any.
  bool take() noexcept;

  /// True once a signal has come, taken or not. Thread: any.
  [[nodiscard]] bool came() const noexcept;

 private:
  descriptor fd_;
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace dunlin::cli
