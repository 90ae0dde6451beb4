// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/pinned_words.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::shared_ptr<pinned_words>> pinned_words::make(std::shared_ptr<gpu_context> context) {
  std::shared_ptr<pinned_words> made{new pinned_words(std::move(context))};
  const auto& here = *made->context_;
  if (auto current = here.make_current(); !current) return fail(std::move(current.error()));
  constexpr std::uint64_t bytes = count * sizeof(std::uint32_t);
  void* place = nullptr;
  // In every context of the process, under the same address as here.
  const auto code = here.driver().allocate_pinned(&place, bytes, CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP);
  if (auto done = here.check(code, "cuMemHostAlloc", bytes); !done) return fail(std::move(done.error()));
  made->words_ = static_cast<std::uint32_t*>(place);
  made->free_.reserve(count);
  for (std::size_t i = count; i > 0; --i) made->free_.push_back(made->words_ + i - 1);
  return made;
}

pinned_words::~pinned_words() {
  if (words_ != nullptr) context_->driver().free_pinned(words_);
}

result<std::uint32_t*> pinned_words::take() {
  const std::lock_guard lock{mutex_};
  if (free_.empty()) return fail(errc::overloaded, "a GPU has at most " + std::to_string(count) + " holders");
  auto* word = free_.back();
  free_.pop_back();
  std::atomic_ref<std::uint32_t>{*word}.store(0);
  return word;
}

void pinned_words::give_back(std::uint32_t* word) {
  const std::lock_guard lock{mutex_};
  free_.push_back(word);
}

}  // namespace dunlin::cuda
