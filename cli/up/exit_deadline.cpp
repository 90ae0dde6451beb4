// SPDX-License-Identifier: Apache-2.0
#include "cli/up/exit_deadline.hpp"

#include <unistd.h>

#include "cli/console.hpp"

namespace dunlin::cli {

exit_deadline::exit_deadline(std::chrono::milliseconds patience, std::function<void()> last_words)
    : timer_([this, patience, last_words = std::move(last_words)] {
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, patience, [this] { return over_; })) return;
        last_words();
        ::_exit(exit_code::failed);  // nothing that hangs is waited for
      }) {}

exit_deadline::~exit_deadline() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }
  changed_.notify_all();
  timer_.join();
}

}  // namespace dunlin::cli
