// SPDX-License-Identifier: Apache-2.0
// A holder's GPU memory for libraries of NVIDIA's, as `cuda::mr` has memory resources. Needs the CUDA toolkit's headers
// and nothing else of the module's; define LIBCUDACXX_ENABLE_EXPERIMENTAL_MEMORY_RESOURCE before version 3.1 of them.
#pragma once

#include <cstddef>
#include <cuda/memory_resource>
#include <cuda/stream_ref>
#include <stdexcept>

#include "gpu/device_work.hpp"

namespace dunlin {

/// Memory to the share's cap, in the order of the holder's stream: other streams are refused. Throws
/// `memory_exhausted`, and `std::invalid_argument` for another stream. The holder's work outlives it. Spelled as the
/// toolkit's versions 3.0 (`allocate_async`) and 3.1 (`allocate_sync`, stream first) want it.
class mr_memory {
 public:
  static constexpr std::size_t usual_alignment = 256;

  explicit mr_memory(device_work& work) noexcept : work_(&work) {}

  void* allocate(std::size_t bytes, std::size_t alignment = usual_alignment) {
    return work_->memory().allocate(bytes, alignment);
  }
  void deallocate(void* place, std::size_t bytes, std::size_t alignment = usual_alignment) {
    work_->memory().deallocate(place, bytes, alignment);
  }

  void* allocate_async(std::size_t bytes, std::size_t alignment, ::cuda::stream_ref in) {
    check(in);
    return allocate(bytes, alignment);
  }
  void deallocate_async(void* place, std::size_t bytes, std::size_t alignment, ::cuda::stream_ref in) {
    check(in);
    deallocate(place, bytes, alignment);
  }

  void* allocate_sync(std::size_t bytes, std::size_t alignment = usual_alignment) { return allocate(bytes, alignment); }
  void deallocate_sync(void* place, std::size_t bytes, std::size_t alignment = usual_alignment) {
    deallocate(place, bytes, alignment);
  }
  void* allocate(::cuda::stream_ref in, std::size_t bytes, std::size_t alignment = usual_alignment) {
    return allocate_async(bytes, alignment, in);
  }
  void deallocate(::cuda::stream_ref in, void* place, std::size_t bytes, std::size_t alignment = usual_alignment) {
    deallocate_async(place, bytes, alignment, in);
  }

  friend bool operator==(const mr_memory& a, const mr_memory& b) noexcept { return a.work_ == b.work_; }
  friend bool operator!=(const mr_memory& a, const mr_memory& b) noexcept { return a.work_ != b.work_; }
  friend void get_property(const mr_memory&, ::cuda::mr::device_accessible) noexcept {}

 private:
  void check(::cuda::stream_ref in) const {
    if (in.get() != work_->native_stream())
      throw std::invalid_argument("memory of one stream was asked for in the order of another");
  }

  device_work* work_;
};

}  // namespace dunlin
