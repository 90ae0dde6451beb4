// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <utility>

#include "actors/agent.hpp"

namespace dunlin {

/// A user's agent, made when it is first needed, so that an idle one costs little, and where its handler runs, so that
/// a constructor that throws or hangs is no worse than a handler that does. Thread: one at a time.
class agent_object {
 public:
  explicit agent_object(std::shared_ptr<const agent_kind> kind) : kind_(std::move(kind)) {}

  /// Throws what the constructor throws; the next call tries again.
  agent& get() {
    if (!object_) object_ = kind_->make();
    if (!object_) throw std::runtime_error("kind '" + kind_->name + "' made no agent");
    return *object_;
  }

 private:
  std::shared_ptr<const agent_kind> kind_;
  std::unique_ptr<agent> object_;
};

}  // namespace dunlin
