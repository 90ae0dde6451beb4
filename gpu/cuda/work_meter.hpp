// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "coordination/types.hpp"
#include "gpu/cpu/step_meter.hpp"
#include "gpu/cuda/holder_work.hpp"

namespace dunlin::cuda {

/// Lets each holder's steps run where its contract says and measures them. A turn is handed on before the GPU has done
/// what was told last: the next holder's stream waits for that by itself, so that the GPU never waits for the host.
/// Thread: any; no two calls of one holder at once.
class work_meter final : public step_meter {
 public:
  /// `units`: of the device, whose primary context is `context`.
  work_meter(std::uint32_t units, std::shared_ptr<gpu_context> context) noexcept
      : units_(units), context_(std::move(context)) {}

  /// Returns the busy time of all units together, in nanoseconds, since the start.
  [[nodiscard]] std::uint64_t busy_ns() const noexcept { return busy_ns_.load(std::memory_order_relaxed); }

  /// A holder without work here may have a share and use none of it.
  void add(agent_id holder, const std::shared_ptr<holder_work>& work);

  /// The holder was given up with its step: what it still tries is refused.
  void shut(agent_id holder);

  result<void> begin(const share_contract& contract, const std::vector<std::uint32_t>& units) override;
  std::uint64_t end(agent_id holder) override;
  std::uint64_t leave(agent_id holder) override;

 private:
  std::shared_ptr<holder_work> find(agent_id holder) const;
  std::vector<std::shared_ptr<stream_progress>> progress_on(const std::vector<std::uint32_t>& units,
                                                            agent_id but) const;

  std::uint64_t count(const holder_work& work, std::uint64_t busy_ns);

  const std::uint32_t units_;
  const std::shared_ptr<gpu_context> context_;
  std::atomic<std::uint64_t> busy_ns_{0};
  mutable std::mutex mutex_;
  std::map<agent_id, std::weak_ptr<holder_work>> works_;
};

}  // namespace dunlin::cuda
