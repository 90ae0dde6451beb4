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

void stream_progress::follow(std::shared_ptr<const stream> on) {
  const std::lock_guard lock{mutex_};
  on_ = std::move(on);
  std::atomic_ref<std::uint32_t>{*word_}.store(static_cast<std::uint32_t>(told_));
}

void stream_progress::set_recording(bool records) {
  const std::lock_guard lock{mutex_};
  records_ = records;
}

/// A mark that could not be put passes with the next one: nobody may wait for a word that is never written.
std::uint64_t stream_progress::mark() noexcept {
  const std::lock_guard lock{mutex_};
  if (on_ == nullptr) return told_;
  if (!records_ && on_->write(word_, static_cast<std::uint32_t>(told_ + 1))) return ++told_;
  return told_ + 1;
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
  if (records_) return false;
  const auto idle = on_->is_idle();
  return idle && *idle;
}

/// Without the lock: others only want to know whether it is idle.
void stream_progress::wait_until_idle() noexcept {
  std::unique_lock lock{mutex_};
  const auto on = records_ ? nullptr : on_;
  lock.unlock();
  if (on != nullptr) static_cast<void>(on->finish());
}

result<void> stream_progress::hold_back(const stream& other) const {
  const std::lock_guard lock{mutex_};
  if (seen() == static_cast<std::uint32_t>(told_)) return {};
  return other.wait_for(word_, static_cast<std::uint32_t>(told_));
}

}  // namespace dunlin::cuda
