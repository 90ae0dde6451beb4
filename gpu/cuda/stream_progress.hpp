// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "gpu/cuda/pinned_words.hpp"
#include "gpu/cuda/stream.hpp"
#include "gpu/memory/work_order.hpp"

namespace dunlin::cuda {

/// How far a holder's work has come, in a word that its stream writes: the host reads it without a call of the driver,
/// and other streams wait for it without the host. Thread: any.
class stream_progress final : public work_order {
 public:
  static result<std::shared_ptr<stream_progress>> make(std::shared_ptr<pinned_words> words);
  ~stream_progress() override;
  stream_progress(const stream_progress&) = delete;
  stream_progress& operator=(const stream_progress&) = delete;

  /// From now on the work is in `on`; null = nowhere. Whatever was put elsewhere before is done.
  void follow(std::shared_ptr<const stream> on);

  /// While work is written down instead of done, nothing may be asked of its stream: it is not idle then, and what is
  /// marked passes with the first mark after it.
  void set_recording(bool records);

  std::uint64_t mark() noexcept override;
  [[nodiscard]] bool has_passed(std::uint64_t mark) noexcept override;
  [[nodiscard]] bool is_idle() noexcept override;
  void wait_until_idle() noexcept override;

  /// Has `other` go on only when everything up to the last mark is done.
  result<void> hold_back(const stream& other) const;

 private:
  stream_progress(std::shared_ptr<pinned_words> words, std::uint32_t* word) noexcept
      : words_(std::move(words)), word_(word) {}
  [[nodiscard]] std::uint32_t seen() const noexcept;

  const std::shared_ptr<pinned_words> words_;
  std::uint32_t* const word_;
  mutable std::mutex mutex_;
  std::shared_ptr<const stream> on_;
  bool records_ = false;
  std::uint64_t told_ = 0;  ///< the last mark
};

}  // namespace dunlin::cuda
