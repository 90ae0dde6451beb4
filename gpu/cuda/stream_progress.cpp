// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/stream_progress.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::shared_ptr<stream_progress>> stream_progress::make(std::shared_ptr<pinned_words> words) {
  auto word = words->take();
  if (!word) return fail(std::move(word.error()));
  return std::shared_ptr<stream_progress>(new stream_progress(std::move(words), *word));
}

stream_progress::~stream_progress() { words_->give_back(word_); }

void stream_progress::follow(const stream* on) {
  const std::lock_guard lock{mutex_};
  on_ = on;
  std::atomic_ref<std::uint32_t>{*word_}.store(static_cast<std::uint32_t>(told_));
}

std::uint64_t stream_progress::mark() noexcept {
  const std::lock_guard lock{mutex_};
  if (on_ == nullptr) return told_;
  // A stream that takes no more orders has faulted, and never comes to this mark: nobody gets what waits for it.
  ++told_;
  static_cast<void>(on_->write(word_, static_cast<std::uint32_t>(told_)));
  return told_;
}

/// Counts in 32 bits, as the GPU does; nothing lags behind by half of that.
bool stream_progress::has_passed(std::uint64_t mark) noexcept {
  return static_cast<std::int32_t>(seen() - static_cast<std::uint32_t>(mark)) >= 0;
}

std::uint32_t stream_progress::seen() const noexcept {
  return std::atomic_ref<std::uint32_t>{*word_}.load(std::memory_order_acquire);
}

bool stream_progress::is_idle() noexcept {
  const std::lock_guard lock{mutex_};
  if (on_ == nullptr) return true;
  const auto idle = on_->is_idle();
  return idle && *idle;
}

void stream_progress::wait_until_idle() noexcept {
  const std::lock_guard lock{mutex_};
  if (on_ != nullptr) static_cast<void>(on_->finish());
}

result<void> stream_progress::hold_back(const stream& other) const {
  const std::lock_guard lock{mutex_};
  if (seen() == static_cast<std::uint32_t>(told_)) return {};
  return other.wait_for(word_, static_cast<std::uint32_t>(told_));
}

}  // namespace dunlin::cuda
