// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/tasks/task_spec.hpp"

namespace dunlin {

/// Mixes values into 64 bits, eight bytes at a time. Equal on every run of one build; not for strangers' keys.
class content_hash {
 public:
  void add(std::uint64_t value) noexcept {
    state_ = (std::rotl(state_, 23) ^ value) * 0x9e3779b97f4a7c15ULL;
    state_ ^= state_ >> 32;
  }

  void add(bytes_view raw) noexcept {
    add(raw.size());
    std::size_t at = 0;
    for (; at + 8 <= raw.size(); at += 8) add(word(raw.data() + at, 8));
    if (at < raw.size()) add(word(raw.data() + at, raw.size() - at));
  }

  void add(std::string_view text) noexcept { add(as_bytes(text)); }

  [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

 private:
  static std::uint64_t word(const std::byte* from, std::size_t count) noexcept {
    std::uint64_t out = 0;
    std::memcpy(&out, from, count);
    return out;
  }

  std::uint64_t state_ = 0x6a09e667f3bcc909ULL;
};

/// Returns a hash of every field.
std::uint64_t hash_of(const task_shape& shape) noexcept;

/// Returns a hash of what makes two submissions with one idempotency key the same: shape, payload, priority,
/// dependencies and locks. Times and labels differ between honest repetitions.
std::uint64_t hash_of(const task_spec& spec) noexcept;

/// Ids of one millisecond rise in steps of about 2^15. Four neighbours get neighbouring values of the upper half, so
/// that a `slot_index` keeps tasks that were submitted together in one cache line; everything above is mixed.
inline std::uint64_t hash_of(const task_id& id) noexcept {
  const auto block = (id.high * 0x9e3779b97f4a7c15ULL ^ (id.low >> 17)) * 0xd6e8feb86659fd93ULL;
  return (block & ~(std::uint64_t{7} << 32)) | (((id.low >> 14) & 7) << 32);
}

inline std::uint64_t hash_of(std::string_view text) noexcept {
  content_hash hash;
  hash.add(text);
  return hash.value();
}

}  // namespace dunlin
