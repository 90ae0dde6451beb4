// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/backend_failure.hpp"

#include <algorithm>

#include "coordination/codec/wire_text.hpp"
#include "coordination/tasks/table/retry_backoff.hpp"

namespace dunlin {

namespace {

/// Of each: all of them travel in one sentence.
constexpr std::size_t most_words = 256;

std::string in_words(const backend_failure& one) {
  auto out = one.backend + ": " + std::string{to_string(one.why.code)};
  if (!one.why.context.empty()) out += ", " + as_wire_text(one.why.context, most_words);
  return out;
}

}  // namespace

bool is_spent(const std::vector<backend_failure>& failed, const std::string& backend, std::uint8_t variant) noexcept {
  std::size_t tries = 0;
  for (const auto& one : failed) {
    if (one.backend != backend) continue;
    if (one.variant == variant || one.why.code != errc::quota_exceeded) return true;
    ++tries;
  }
  return tries >= most_tries_of_backend;
}

error error_of(const std::vector<backend_failure>& failed) {
  const auto later = std::ranges::find_if(failed, [](const auto& one) { return is_retryable(one.why.code); });
  error out{(later == failed.end() ? failed.back() : *later).why.code, {}};
  if (failed.size() == 1) {
    out.context = in_words(failed.front());
    return out;
  }
  out.context = "no backend could do it: ";
  for (const auto& one : failed) out.context += (&one == &failed.front() ? "" : "; ") + in_words(one);
  return out;
}

}  // namespace dunlin
