// SPDX-License-Identifier: Apache-2.0
// Memory of the GPU, mapped page by page, and pinned memory of the host.
#include <sys/mman.h>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/gpu/cuda/emulated_calls.hpp"

namespace dunlin::testing {

namespace {

constexpr std::uint64_t page_bytes = std::uint64_t{2} << 20;

CUresult granularity(std::size_t* out, const CUmemAllocationProp*, CUmemAllocationGranularity_flags) {
  *out = page_bytes;
  return call{"cuMemGetAllocationGranularity"}.answer;
}
CUresult reserve_addresses(CUdeviceptr* out, std::size_t bytes, std::size_t, CUdeviceptr, unsigned long long) {
  const call now{"cuMemAddressReserve"};
  if (!now) return now.answer;
  // Nobody touches memory that is not mapped: the processor would stop the test.
  auto* place = mmap(nullptr, bytes + page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  const auto first = reinterpret_cast<std::uintptr_t>(place);
  const auto aligned = (first + page_bytes - 1) & ~(page_bytes - 1);
  if (aligned > first) munmap(place, aligned - first);
  munmap(std::bit_cast<void*>(aligned + bytes), first + page_bytes - aligned);
  *out = aligned;
  return now.answer;
}
CUresult free_addresses(CUdeviceptr place, std::size_t bytes) {
  munmap(std::bit_cast<void*>(place), bytes);
  return CUDA_SUCCESS;
}
CUresult create_memory(CUmemGenericAllocationHandle* out, std::size_t bytes, const CUmemAllocationProp*,
                       unsigned long long) {
  const call now{"cuMemCreate"};
  if (!now) return now.answer;
  std::uint64_t taken = 0;
  for (const auto& [handle, size] : now.it.memory) taken += size;
  if (taken + bytes > now.it.options.memory_bytes) return CUDA_ERROR_OUT_OF_MEMORY;
  *out = now.it.next_handle++;
  now.it.memory[*out] = bytes;
  return now.answer;
}
CUresult release_memory(CUmemGenericAllocationHandle which) {
  const call now{"cuMemRelease"};
  now.it.memory.erase(which);
  return CUDA_SUCCESS;
}
CUresult map_memory(CUdeviceptr place, std::size_t bytes, std::size_t, CUmemGenericAllocationHandle,
                    unsigned long long) {
  const call now{"cuMemMap"};
  if (!now) return now.answer;
  if (!now.it.mapped.emplace(place, bytes).second) return CUDA_ERROR_ALREADY_MAPPED;
  return now.answer;
}
CUresult unmap_memory(CUdeviceptr place, std::size_t bytes) {
  const call now{"cuMemUnmap"};
  const auto found = now.it.mapped.find(place);
  if (found == now.it.mapped.end() || found->second != bytes) return CUDA_ERROR_INVALID_VALUE;  // whole pieces only
  now.it.mapped.erase(found);
  madvise(std::bit_cast<void*>(place), bytes, MADV_DONTNEED);
  mprotect(std::bit_cast<void*>(place), bytes, PROT_NONE);
  return CUDA_SUCCESS;
}
CUresult set_access(CUdeviceptr place, std::size_t bytes, const CUmemAccessDesc*, std::size_t) {
  const call now{"cuMemSetAccess"};
  if (!now) return now.answer;
  for (auto at = place; at < place + bytes;) {
    const auto found = now.it.mapped.find(at);
    if (found == now.it.mapped.end()) return CUDA_ERROR_INVALID_VALUE;
    at += found->second;
  }
  mprotect(std::bit_cast<void*>(place), bytes, PROT_READ | PROT_WRITE);
  return now.answer;
}
CUresult allocate_pinned(void** out, std::size_t bytes, unsigned int) {
  const call now{"cuMemHostAlloc"};
  if (!now) return now.answer;
  *out = std::aligned_alloc(4'096, (bytes + 4'095) / 4'096 * 4'096);
  std::memset(*out, 0, bytes);
  now.it.pinned[*out] = bytes;
  return now.answer;
}
CUresult free_pinned(void* place) {
  const call now{"cuMemFreeHost"};
  now.it.pinned.erase(place);
  std::free(place);
  return CUDA_SUCCESS;
}
CUresult pin(void* place, std::size_t bytes, unsigned int) {
  const call now{"cuMemHostRegister"};
  if (!now) return now.answer;
  if (!now.it.pinned.emplace(place, bytes).second) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  return now.answer;
}
CUresult unpin(void* place) {
  const call now{"cuMemHostUnregister"};
  return now.it.pinned.erase(place) == 1 ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}
/// Whether the GPU knows the memory at `place`: its own, or pinned memory of the host.
bool is_known(const gpu& it, CUdeviceptr place) {
  const auto in = [place](auto first, std::uint64_t bytes) { return place >= first && place - first < bytes; };
  return std::ranges::any_of(it.mapped, [&](const auto& one) { return in(one.first, one.second); }) ||
         std::ranges::any_of(it.pinned,
                             [&](const auto& one) { return in(reinterpret_cast<CUdeviceptr>(one.first), one.second); });
}
/// Whether the bytes begin in one piece of pinned memory and end beyond it: no copy does that.
bool spans_pinned(const gpu& it, CUdeviceptr place, std::size_t bytes) {
  return std::ranges::any_of(it.pinned, [&](const auto& one) {
    const auto first = reinterpret_cast<CUdeviceptr>(one.first);
    return place >= first && place < first + one.second && place + bytes > first + one.second;
  });
}
/// Bytes of the host that are not pinned are read before the call returns, and such bytes are written by then.
CUresult copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream on) {
  call now{"cuMemcpyAsync"};
  if (!now) return now.answer;
  if (spans_pinned(now.it, from, bytes) || spans_pinned(now.it, to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  const bool knows_from = is_known(now.it, from);
  const bool knows_to = is_known(now.it, to);
  std::shared_ptr<std::vector<std::byte>> read;
  if (knows_to && !knows_from) {
    const auto* first = std::bit_cast<const std::byte*>(from);
    read = std::make_shared<std::vector<std::byte>>(first, first + bytes);
  }
  auto& stream = of(on);
  if (stream.captures && !(knows_from && knows_to)) {
    stream.invalidated = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  now.it.enqueue(stream, {[to, from, bytes, read] {
                            const auto* source = read ? read->data() : std::bit_cast<const std::byte*>(from);
                            std::memcpy(std::bit_cast<void*>(to), source, bytes);
                          },
                          {}});
  if (knows_from && !knows_to)
    return now.it.wait_until(now.lock, [&stream] { return stream.waiting.empty() && !stream.runs; });
  return now.answer;
}

}  // namespace

void add_memory(cuda::driver_calls& out) {
  out.granularity = granularity;
  out.reserve_addresses = reserve_addresses;
  out.free_addresses = free_addresses;
  out.create_memory = create_memory;
  out.release_memory = release_memory;
  out.map_memory = map_memory;
  out.unmap_memory = unmap_memory;
  out.set_access = set_access;
  out.allocate_pinned = allocate_pinned;
  out.free_pinned = free_pinned;
  out.pin = pin;
  out.unpin = unpin;
  out.copy = copy;
}

}  // namespace dunlin::testing
