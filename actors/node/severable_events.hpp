// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "actors/node/channels.hpp"

namespace dunlin {

/// What actors tell their node's owner, until it has gone: actors that hang stay behind. Thread: any.
class severable_events final : public node_events {
 public:
  explicit severable_events(std::shared_ptr<node_events> to) : to_(std::move(to)) {}

  void on_drained() override {
    const std::lock_guard lock{mutex_};
    if (to_) to_->on_drained();
  }
  void on_broken(std::string why) override {
    const std::lock_guard lock{mutex_};
    if (to_) to_->on_broken(std::move(why));
  }

  /// The owner is told nothing more once this has returned.
  void sever() {
    const std::lock_guard lock{mutex_};
    to_.reset();
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<node_events> to_;
};

}  // namespace dunlin
