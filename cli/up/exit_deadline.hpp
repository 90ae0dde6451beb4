// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace dunlin::cli {

/// Ends this process by force, with exit code 1, unless it is destroyed within `patience`: an orderly end waits for
/// handlers, and one that hangs where nothing can replace it, on a thread of the actors, would keep it for good.
class exit_deadline {
 public:
  /// `last_words` says why; it is called on a thread of its own.
  exit_deadline(std::chrono::milliseconds patience, std::function<void()> last_words);
  ~exit_deadline();
  exit_deadline(const exit_deadline&) = delete;
  exit_deadline& operator=(const exit_deadline&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread timer_;
};

}  // namespace dunlin::cli
