// SPDX-License-Identifier: Apache-2.0
#include <new>

#include "tests/gpu/cuda/gpu_under_test.hpp"

namespace dunlin::testing {

void* pinned_memory::do_allocate(std::size_t bytes, std::size_t) {
  void* place = nullptr;
  static_cast<void>(context_->make_current());
  const auto code = context_->driver().allocate_pinned(&place, std::max<std::size_t>(bytes, 1),
                                                       CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP);
  if (code != CUDA_SUCCESS) throw std::bad_alloc{};
  return place;
}

void pinned_memory::do_deallocate(void* place, std::size_t, std::size_t) { context_->driver().free_pinned(place); }

}  // namespace dunlin::testing
