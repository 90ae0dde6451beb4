// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "net/asio.hpp"
#include "net/gateway/message.hpp"

namespace dunlin::net {

/// The way from the service's threads to the server's. It outlives the server: what comes late is dropped.
class mailbox final : public poster {
 public:
  explicit mailbox(asio::io_context& home) : home_(&home) {}

  void post(std::function<void()> work) override {
    const std::lock_guard lock{mutex_};
    if (home_ != nullptr) asio::post(*home_, std::move(work));
  }

  void close() {
    const std::lock_guard lock{mutex_};
    home_ = nullptr;
  }

 private:
  std::mutex mutex_;
  asio::io_context* home_;
};

}  // namespace dunlin::net
