// SPDX-License-Identifier: Apache-2.0
// Private to the emulated driver: what its calls have in common, and the tables of them.
#pragma once

#include <algorithm>
#include <bit>
#include <mutex>

#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {

using gpu = emulated_gpu;

/// One call: takes the lock, and answers at once where the test or a fault says so.
struct call {
  explicit call(const char* name) : lock(gpu::current().mutex()), answer(gpu::current().begin_call(name)) {}
  std::unique_lock<std::mutex> lock;
  CUresult answer;
  explicit operator bool() const noexcept { return answer == CUDA_SUCCESS; }
  gpu& it = gpu::current();
};

inline gpu::stream& of(CUstream handle) { return *reinterpret_cast<gpu::stream*>(handle); }
inline gpu::event& of(CUevent handle) { return *reinterpret_cast<gpu::event*>(handle); }

template <class Set, class Handle>
void erase_from(Set& from, Handle handle) {
  std::erase_if(from, [&](const auto& one) { return static_cast<void*>(one.get()) == static_cast<void*>(handle); });
}

inline thread_local CUcontext current_of_thread = nullptr;

/// A stream that is captured may not be asked or waited for, by whichever thread.
inline bool breaks_capture(gpu::stream& on) {
  if (!on.captures) return false;
  on.invalidated = true;
  return true;
}

void add_contexts(cuda::driver_calls& out);
void add_green_contexts(cuda::driver_calls& out);
void add_green_streams(cuda::driver_calls& out);
void add_streams(cuda::driver_calls& out);
void add_memory(cuda::driver_calls& out);
void add_code(cuda::driver_calls& out);
void add_graphs(cuda::driver_calls& out);

}  // namespace dunlin::testing
