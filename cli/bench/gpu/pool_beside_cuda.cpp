// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/pool_beside_cuda.hpp"

#include <cuda_runtime_api.h>

#include <limits>
#include <string>

#include "cli/bench/gpu/gpu_clock.hpp"

namespace dunlin::bench {

namespace {

constexpr std::uint64_t block = std::uint64_t{1} << 20;

result<void> check(cudaError_t code, const char* call) {
  if (code == cudaSuccess) return {};
  return fail(errc::io_failed, std::string{call} + ": " + cudaGetErrorString(code));
}

/// As its manual has it for one's own use: a stream of one's own, a pool that gives nothing back by itself.
class async_memory {
 public:
  ~async_memory() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  async_memory() = default;
  async_memory(const async_memory&) = delete;
  async_memory& operator=(const async_memory&) = delete;

  result<void> open() {
    cudaMemPool_t pool = nullptr;
    if (auto found = check(cudaDeviceGetDefaultMemPool(&pool, 0), "cudaDeviceGetDefaultMemPool"); !found) return found;
    std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
    if (auto set =
            check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all), "cudaMemPoolSetAttribute");
        !set)
      return set;
    return check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  result<void> take_and_give_back() {
    void* place = nullptr;
    if (auto taken = check(cudaMallocAsync(&place, block, stream_), "cudaMallocAsync"); !taken) return taken;
    return check(cudaFreeAsync(place, stream_), "cudaFreeAsync");
  }
  result<void> finish() { return check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

 private:
  cudaStream_t stream_ = nullptr;
};

result<void> take_from_driver() {
  void* place = nullptr;
  if (auto taken = check(cudaMalloc(&place, block), "cudaMalloc"); !taken) return taken;
  return check(cudaFree(place), "cudaFree");
}

}  // namespace

result<void> add_pool_beside_cuda(bench_report& out, bench_holder& holder, const gpu_bench_options& options) {
  async_memory async;
  auto usable = async.open();
  if (usable) usable = take_from_driver();
  if (!usable) {
    for (const char* name : {"gpu_pool_times_cuda_malloc", "gpu_pool_times_cuda_malloc_async"})
      out.missing.push_back({name, usable.error().context});
    return {};
  }
  first_failure failed;
  auto& memory = holder.work().memory();
  const gpu_call ours = [&]() -> result<void> {
    memory.deallocate(memory.allocate(block, 256), block, 256);
    return {};
  };
  const auto beside = [&](const std::string& name, const gpu_call& theirs, const gpu_call& finish) {
    const auto ns = [&](const gpu_call& put, const gpu_call& done) {
      return 1e9 * failed(seconds_of(options.least_seconds, put, done));
    };
    const auto sides = measure_abba(
        options.rounds, [&] { return ns(theirs, finish); },
        [&] { return ns(ours, [&] { return holder.work().finish(); }); });
    add_comparison(out, name + "_ns", "gpu_pool_beside_" + name + "_ns", "ns", sides);
    add_ratio(out, "gpu_pool_times_" + name, sides, "how many times as long as ours a block of 1 MiB takes");
  };
  beside("cuda_malloc", take_from_driver, [] { return result<void>{}; });
  beside(
      "cuda_malloc_async", [&] { return async.take_and_give_back(); }, [&] { return async.finish(); });
  return failed.outcome();
}

}  // namespace dunlin::bench
