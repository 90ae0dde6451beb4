// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace dunlin {

/// Tells whether actors still run: they do not when handlers hang on every thread that they have. Thread: one.
class actor_pulse {
 public:
  /// `patience`: how many beats one question may go unanswered.
  explicit actor_pulse(unsigned patience) noexcept : patience_(patience) {}

  /// Call at regular intervals. `ask` has to pass its argument to an actor, which calls it, from any thread; it is
  /// called only when the last question was answered. Returns false when there is no answer for too long.
  template <class Ask>
  [[nodiscard]] bool beat(const Ask& ask) {
    if (!answered_->load()) return ++missed_ < patience_;
    missed_ = 0;
    answered_->store(false);
    ask([answered = answered_] { answered->store(true); });
    return true;
  }

 private:
  unsigned patience_;
  unsigned missed_ = 0;
  std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(true);
};

}  // namespace dunlin
