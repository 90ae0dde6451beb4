// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "gpu/memory/memory_holder.hpp"

namespace dunlin {

/// Thrown by memory that is full. A device reports it as `quota_exceeded` with these figures.
class DUNLIN_EXPORT memory_exhausted : public std::bad_alloc {
 public:
  /// `holders`: whoever has some of it, where that is known. The text names those that have most.
  memory_exhausted(std::uint64_t asked_bytes, std::uint64_t used_bytes, std::uint64_t cap_bytes,
                   std::vector<memory_holder> holders = {});
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  const std::uint64_t asked_bytes;
  const std::uint64_t used_bytes;
  const std::uint64_t cap_bytes;
  const std::vector<memory_holder> holders;  ///< who has most comes first

 private:
  std::string text_;
};

}  // namespace dunlin
