// SPDX-License-Identifier: Apache-2.0
#include "actors/kinds/builtin_kinds.hpp"

#include <charconv>
#include <string>
#include <thread>
#include <vector>

namespace dunlin {

namespace {

/// Reads a payload of decimal digits, at most `limit`.
result<std::uint64_t> read_number(const bytes& payload, std::uint64_t limit) {
  const auto* first = reinterpret_cast<const char*>(payload.data());
  const auto* last = first + payload.size();
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(first, last, value);
  if (failed != std::errc{} || end != last || payload.empty() || value > limit)
    return fail(errc::invalid_argument, "the payload is no number up to " + std::to_string(limit),
                "give decimal digits, such as 100", "payload");
  return value;
}

bytes to_bytes(const std::string& text) {
  const auto raw = as_bytes(text);
  return {raw.begin(), raw.end()};
}

class echo_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override { return task.payload(); }
};

class wait_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const auto wanted = read_number(task.payload(), 3'600'000);
    if (!wanted) return fail(error{wanted.error()});
    constexpr std::uint64_t longest_nap = 20;  // so that a cancel is seen soon
    for (std::uint64_t done = 0; done < *wanted; done += longest_nap) {
      if (task.cancelled()) return fail(errc::cancelled, "stopped after " + std::to_string(done) + " ms");
      std::this_thread::sleep_for(milliseconds{std::min(longest_nap, *wanted - done)});
      task.progress(static_cast<int>(done * 100 / *wanted));
    }
    return to_bytes(std::to_string(*wanted));
  }
};

class primes_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const auto limit = read_number(task.payload(), 1'000'000'000);
    if (!limit) return fail(error{limit.error()});
    const auto found = count_below(*limit, task);
    if (!found) return fail(error{found.error()});
    return to_bytes(std::to_string(*found));
  }

 private:
  /// Each block is a step. Source: sieve of Eratosthenes, in blocks that fit the cache.
  static result<std::uint64_t> count_below(std::uint64_t limit, task_context& task) {
    constexpr std::uint64_t block = 1 << 16;
    std::vector<std::uint64_t> small;
    std::uint64_t found = 0;
    for (std::uint64_t from = 2; from < limit; from += block) {
      if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
      const auto end = std::min(from + block, limit);
      std::vector<bool> composite(end - from);
      for (const auto prime : small)
        for (auto at = std::max(prime * prime, (from + prime - 1) / prime * prime); at < end; at += prime)
          composite[at - from] = true;
      for (auto at = from; at < end; ++at) {
        if (composite[at - from]) continue;
        ++found;
        if (at * at >= limit) continue;
        small.push_back(at);
        for (auto multiple = at * at; multiple < end; multiple += at) composite[multiple - from] = true;
      }
    }
    return found;
  }
};

}  // namespace

std::vector<agent_kind> builtin_kinds() {
  return {
      {std::string{command_kind_name}, {}, isolation_mode::process, 0, "1", nullptr},
      kind_of<echo_agent>(std::string{echo_kind_name}, {}, isolation_mode::async),
      kind_of<wait_agent>(std::string{wait_kind_name}),
      kind_of<primes_agent>(std::string{primes_kind_name}),
  };
}

}  // namespace dunlin
