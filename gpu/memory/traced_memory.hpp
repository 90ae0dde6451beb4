// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <unordered_map>

#include "coordination/types.hpp"
#include "gpu/memory/allocation_trace.hpp"

namespace dunlin {

/// Where the events of several streams come together in one order. Thread: any.
class DUNLIN_EXPORT allocation_log {
 public:
  /// `write` gets every event, one at a time; `now` is read for each.
  allocation_log(std::function<void(const allocation_event&)> write, std::function<time_point()> now);

  void allocated(std::uint32_t stream, const void* place, std::uint64_t bytes, std::uint64_t alignment);
  void freed(std::uint32_t stream, const void* place, std::uint64_t bytes, std::uint64_t alignment);

 private:
  void write(allocation_event event);

  std::mutex mutex_;
  std::function<void(const allocation_event&)> write_;
  std::function<time_point()> now_;
  time_point first_{};
  bool began_ = false;
  std::uint64_t last_id_ = 0;
  std::unordered_map<const void*, std::uint64_t> ids_;
};

/// Memory whose allocations are written to a log. Thread: any.
class DUNLIN_EXPORT traced_memory final : public std::pmr::memory_resource {
 public:
  traced_memory(std::shared_ptr<std::pmr::memory_resource> source, std::shared_ptr<allocation_log> log,
                std::uint32_t stream) noexcept
      : source_(std::move(source)), log_(std::move(log)), stream_(stream) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  const std::shared_ptr<std::pmr::memory_resource> source_;
  const std::shared_ptr<allocation_log> log_;
  const std::uint32_t stream_;
};

}  // namespace dunlin
