// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gpu/cuda/cuda_backend.hpp"
#include "gpu/cuda/gpu_parts.hpp"
#include "gpu/cuda/side_lanes.hpp"
#include "gpu/cuda/step_times.hpp"
#include "gpu/cuda/stream_progress.hpp"
#include "gpu/device_work.hpp"
#include "gpu/memory/arena.hpp"

namespace dunlin::cuda {

/// One holder's work on a GPU: a stream, in a green context of its groups if its contract names some, and memory to its
/// cap. Thread: the one that runs the holder's steps, but for `hold_back` and `has_units_of`.
class holder_work final : public device_work {
 public:
  /// `cap_bytes` 0 = it has none: memory that nobody counted would be taken from those who were granted theirs.
  /// Errors: quota_exceeded (with the holders), overloaded, device_lost and others of the driver.
  static result<std::shared_ptr<holder_work>> make(std::shared_ptr<gpu_parts> parts, std::uint64_t cap_bytes,
                                                   const std::string& name);
  ~holder_work() override;
  holder_work(const holder_work&) = delete;
  holder_work& operator=(const holder_work&) = delete;

  [[nodiscard]] std::pmr::memory_resource& memory() override { return *memory_; }
  result<void> copy(void* to, const void* from, std::uint64_t bytes) override;
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept override { return memory_->peak_bytes(); }
  [[nodiscard]] std::pmr::memory_resource& staging() override { return *staging_; }
  [[nodiscard]] kernel_backend& kernels() override { return *now_->kernels; }
  result<std::shared_ptr<device_code>> load(std::span<const std::byte> image) override;
  result<void> launch(device_code& code, const std::string& function, const launch_shape& shape,
                      std::span<void*> arguments) override;
  result<std::shared_ptr<recorded_work>> record(const std::function<result<void>()>& work) override;
  result<void> replay(const recorded_work& what) override;
  result<void> fork_join(std::span<const std::function<result<void>()>> works) override;
  result<void> finish() override;
  [[nodiscard]] void* native_stream() noexcept override;

  // -- for the device, between the holder's steps

  /// Goes to where the contract's units are, behind what it had elsewhere; none = all of them.
  result<void> go_to(const std::vector<std::uint32_t>& units);
  /// A step begins, behind what all of these have been told.
  result<void> begin(const std::vector<std::shared_ptr<stream_progress>>& before);
  /// Returns the busy time of what was found done.
  std::uint64_t end();
  std::uint64_t leave();

  /// Whether it was told to work on one of these units.
  [[nodiscard]] bool has_units_of(const std::vector<std::uint32_t>& units) const;
  /// Refuses everything from now on, in the middle of a step too; who comes next waits for what it has told the GPU.
  /// Thread: any.
  void shut() noexcept;
  [[nodiscard]] const std::shared_ptr<stream_progress>& progress() const noexcept { return progress_; }
  /// Returns how many units it works on; 0 = all.
  [[nodiscard]] std::size_t unit_count() const;
  /// Returns the SMs that it was granted, as read back from the driver.
  [[nodiscard]] std::uint32_t sms() const noexcept { return main_.on->context()->sms(); }

 private:
  explicit holder_work(std::shared_ptr<gpu_parts> parts) noexcept : parts_(std::move(parts)) {}
  result<void> open(std::uint64_t cap_bytes, const std::string& name);
  result<std::shared_ptr<gpu_context>> context_of(const std::vector<std::uint32_t>& units);
  result<void> settle(std::shared_ptr<gpu_context> context);
  result<work_lane> open_lane(std::shared_ptr<gpu_context> context, std::uint64_t workspace_bytes);
  result<void> fork();
  result<void> join();
  result<void> go_to_next_lane();
  result<void> in_lanes(std::span<const std::function<result<void>()>> works);
  result<void> check_runs() const;
  result<void> copy_in_pieces(std::byte* to, const std::byte* from, std::uint64_t bytes);

  const std::shared_ptr<gpu_parts> parts_;
  std::shared_ptr<stream_progress> progress_;
  std::shared_ptr<arena> memory_;
  std::shared_ptr<std::pmr::memory_resource> staging_;
  work_lane main_;
  const work_lane* now_ = &main_;      ///< where work is put
  std::mutex lanes_mutex_;             ///< of the next two while work is forked
  std::unique_ptr<side_lanes> sides_;  ///< in the context of the main one
  bool has_forked_ = false;
  std::unique_ptr<step_times> times_;
  bool is_apart_ = false;                             ///< within `record` or `fork_join`
  std::vector<std::shared_ptr<device_code>> loaded_;  ///< recorded work may run it later
  bool runs_ = false;                                 ///< a step does
  std::atomic<bool> shut_{false};
  /// Green contexts by their units, the last one used at the end: to make one takes milliseconds, and a contract often
  /// goes back to units that it had. Not shared with other holders: one thread at a time may use a green context.
  std::vector<std::pair<std::vector<std::uint32_t>, std::shared_ptr<gpu_context>>> contexts_;
  mutable std::mutex mutex_;
  std::vector<std::uint32_t> units_;  ///< empty = all; written by its own thread, under the mutex
};

}  // namespace dunlin::cuda
