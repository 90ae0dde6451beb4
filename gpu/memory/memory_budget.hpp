// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "coordination/result.hpp"
#include "gpu/memory/memory_holder.hpp"

namespace dunlin {

/// The bytes of one device, shared out to those who reserve some. Thread: any.
class DUNLIN_EXPORT memory_budget {
 public:
  explicit memory_budget(std::uint64_t bytes) noexcept : total_(bytes) {}

  /// Sets `bytes` aside for `holder`. Errors: quota_exceeded, with who has how much.
  result<void> take(std::uint64_t bytes, const std::string& holder);
  void give_back(std::uint64_t bytes, const std::string& holder) noexcept;

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t taken() const;
  /// Returns who has some, who has most first.
  [[nodiscard]] std::vector<memory_holder> holders() const;

 private:
  [[nodiscard]] std::vector<memory_holder> list() const;

  const std::uint64_t total_;
  mutable std::mutex mutex_;
  std::uint64_t taken_ = 0;
  std::map<std::string, std::uint64_t> by_holder_;
};

}  // namespace dunlin
