// SPDX-License-Identifier: Apache-2.0
#include "cli/up/stop_signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace dunlin::cli {

stop_signals::stop_signals() {
  sigset_t wanted{};
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &wanted, &before_);
  fd_ = descriptor{::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK)};
}

stop_signals::~stop_signals() {
  while (take()) continue;  // what came too late must not end the process now
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool stop_signals::take() noexcept {
  signalfd_siginfo told{};
  return ::read(fd_.get(), &told, sizeof told) == static_cast<ssize_t>(sizeof told);
}

}  // namespace dunlin::cli
