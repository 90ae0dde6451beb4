// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::cuda {

/// Words that both the host and the GPU read and write, given out one by one. Thread: any.
class pinned_words {
 public:
  static constexpr std::size_t count = 1'024;

  static result<std::shared_ptr<pinned_words>> make(std::shared_ptr<gpu_context> context);
  ~pinned_words();
  pinned_words(const pinned_words&) = delete;
  pinned_words& operator=(const pinned_words&) = delete;

  /// Returns a word that is 0. Errors: overloaded (all are given out).
  result<std::uint32_t*> take();
  /// Nothing of the GPU waits for it any more.
  void give_back(std::uint32_t* word);

 private:
  explicit pinned_words(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}

  const std::shared_ptr<gpu_context> context_;
  std::uint32_t* words_ = nullptr;
  std::mutex mutex_;
  std::vector<std::uint32_t*> free_;
};

}  // namespace dunlin::cuda
