// SPDX-License-Identifier: Apache-2.0
// Agents that share a GPU: what each does in a step, and where.
#pragma once

#include <memory>
#include <vector>

#include "cli/bench/gpu/gpu_bench.hpp"
#include "coordination/ports.hpp"
#include "gpu/device_work.hpp"

namespace dunlin::bench {

enum class load_kind : std::uint8_t {
  copying,      ///< bound by the GPU's memory
  multiplying,  ///< bound by its tensor cores
  tiny          ///< kernels of one block: bound by launches
};
[[nodiscard]] const char* to_string(load_kind kind) noexcept;

/// How often each load has to be done to take a step's time alone on the GPU; 0 = it cannot be done.
struct load_repeats {
  std::uint32_t of[3] = {1, 1, 1};

  [[nodiscard]] bool can(load_kind kind) const noexcept { return of[static_cast<std::size_t>(kind)] > 0; }
};

/// Without cuBLAS products cannot be done. Errors: those of the GPU.
result<load_repeats> measure_loads(const std::shared_ptr<device_port>& device, const gpu_bench_options& options);

/// One load in one holder's memory.
class gpu_load {
 public:
  /// Throws `memory_exhausted`. `work` outlives it.
  gpu_load(load_kind kind, device_work& work, const gpu_bench_options& options, std::uint32_t repeats);
  ~gpu_load();
  gpu_load(const gpu_load&) = delete;
  gpu_load& operator=(const gpu_load&) = delete;

  /// Puts one step's work there.
  result<void> put();

 private:
  result<void> fill_first();
  result<void> put_once();

  const load_kind kind_;
  device_work& work_;
  const std::uint64_t size_;  ///< numbers of an array, or rows of a matrix
  const std::uint32_t repeats_;
  std::uint64_t bytes_ = 0;
  void* place_ = nullptr;
  bool is_filled_ = false;
};

/// Agents 1 to n of a GPU, each with a load of its own.
class gpu_agents {
 public:
  /// Errors: those of the GPU, quota_exceeded. Throws `memory_exhausted`.
  static result<std::unique_ptr<gpu_agents>> make(const std::shared_ptr<device_port>& device,
                                                  const std::vector<load_kind>& kinds, const load_repeats& repeats,
                                                  const gpu_bench_options& options);

  /// One step of this agent.
  result<void> step(agent_id agent) { return members_[agent.value - 1].load->put(); }
  /// The same, until the GPU has done it.
  result<void> whole_step(agent_id agent) {
    if (auto put = step(agent); !put) return put;
    return members_[agent.value - 1].work->finish();
  }

 private:
  struct member {
    std::shared_ptr<device_work> work;
    std::unique_ptr<gpu_load> load;
  };
  std::vector<member> members_;
};

}  // namespace dunlin::bench
