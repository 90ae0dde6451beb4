// SPDX-License-Identifier: Apache-2.0
#include "cli/up/stop_signals.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace dunlin::cli {

namespace {

std::atomic<int> counter = -1;  // where the handler counts
std::atomic<bool> any = false;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait");

extern "C" void count_signal(int) {
  const int kept = errno;
  any = true;
  static_cast<void>(::eventfd_write(counter.load(), 1));
  errno = kept;
}

}  // namespace

stop_signals::stop_signals() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {
  counter = fd_.get();
  any = false;
  struct sigaction counts {};
  counts.sa_handler = count_signal;
  counts.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &counts, &before_int_);
  ::sigaction(SIGTERM, &counts, &before_term_);
}

stop_signals::~stop_signals() {
  ::sigaction(SIGINT, &before_int_, nullptr);
  ::sigaction(SIGTERM, &before_term_, nullptr);
  counter = -1;
}

bool stop_signals::came() const noexcept { return any; }

bool stop_signals::take() noexcept {
  eventfd_t one = 0;
  return ::eventfd_read(fd_.get(), &one) == 0;
}

}  // namespace dunlin::cli
