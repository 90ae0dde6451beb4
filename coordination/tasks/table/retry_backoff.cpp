// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/table/retry_backoff.hpp"

#include <algorithm>

namespace dunlin {

double jitter_source::next() noexcept {
  state_ += 0x9e3779b97f4a7c15ULL;
  auto z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

duration backoff_delay(const retry_policy& retry, std::uint32_t earlier, jitter_source& jitter) noexcept {
  const auto cap = retry.max_delay.count();
  auto delay = std::min(retry.delay.count(), cap);
  for (std::uint32_t i = 0; retry.exponential && i < earlier && delay > 0 && delay < cap; ++i)
    delay = std::min(delay * 2, cap);
  const auto nanoseconds = static_cast<double>(duration{milliseconds{delay}}.count());
  return duration{static_cast<std::int64_t>(nanoseconds * (0.5 + jitter.next()))};
}

duration longest_backoff(const retry_policy& retry) noexcept { return duration{retry.max_delay} * 3 / 2; }

bool is_retryable(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
    case errc::malformed:
    case errc::wrong_type:
    case errc::unknown_field:
    case errc::missing_field:
    case errc::too_large:
    case errc::unknown_kind:
    case errc::infeasible:
    case errc::cyclic_dependency:
    case errc::unknown_dependency:
    case errc::duplicate_key:
    case errc::unknown_verb:
    case errc::expired:
    case errc::dependency_failed:
    case errc::poisoned:
    case errc::output_too_large:
    case errc::not_allowed:
    case errc::unauthorised:
    case errc::forbidden:
    case errc::not_supported:
      return false;
    default:
      return true;
  }
}

}  // namespace dunlin
