// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_budget.hpp"

namespace dunlin {

result<void> memory_budget::take(std::uint64_t bytes, const std::string& holder) {
  const std::lock_guard lock{mutex_};
  if (bytes > total_ - taken_)
    return fail(errc::quota_exceeded, "asked to reserve " + std::to_string(bytes) + " bytes with " +
                                          std::to_string(taken_) + " of " + std::to_string(total_) + " reserved" +
                                          named(list()));
  taken_ += bytes;
  by_holder_[holder] += bytes;
  return {};
}

void memory_budget::give_back(std::uint64_t bytes, const std::string& holder) noexcept {
  const std::lock_guard lock{mutex_};
  const auto known = by_holder_.find(holder);
  if (known == by_holder_.end()) return;
  taken_ -= bytes;
  known->second -= bytes;
  if (known->second == 0) by_holder_.erase(known);
}

std::uint64_t memory_budget::taken() const {
  const std::lock_guard lock{mutex_};
  return taken_;
}

std::vector<memory_holder> memory_budget::holders() const {
  const std::lock_guard lock{mutex_};
  return list();
}

std::vector<memory_holder> memory_budget::list() const {
  std::vector<memory_holder> out;
  for (const auto& [name, bytes] : by_holder_) out.push_back({name, bytes});
  return by_bytes(std::move(out));
}

}  // namespace dunlin
