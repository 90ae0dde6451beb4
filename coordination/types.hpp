// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>

#include "coordination/export.hpp"
#include "coordination/result.hpp"

namespace dunlin {

using namespace std::chrono_literals;

/// The time line of every decision: monotonic nanoseconds since an arbitrary start. It has no `now()`: time comes in
/// as an argument, so that a test, a simulation and a real node run the same code.
struct run_clock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<run_clock>;
  static constexpr bool is_steady = true;
};

using duration = run_clock::duration;
using time_point = run_clock::time_point;

/// Milliseconds since 1970-01-01 UTC. For what users read and for deadlines that users give, never for decisions
/// between machines.
using wall_ms = std::int64_t;

/// A number that only compares with its own kind.
template <class Tag>
struct strong_id {
  std::uint64_t value = 0;
  static auto fields(auto& m) { return std::tie(m.value); }
  friend auto operator<=>(const strong_id&, const strong_id&) = default;
  explicit operator bool() const noexcept { return value != 0; }
};

using agent_id = strong_id<struct agent_tag>;           ///< unique within one node incarnation; 0 = none
using device_id = strong_id<struct device_tag>;         ///< index of a device on its node
using lease_id = strong_id<struct lease_tag>;           ///< unique within one coordinator incarnation; 0 = none
using request_id = strong_id<struct request_tag>;       ///< the caller's own number for a question; 0 = none
using incarnation = strong_id<struct incarnation_tag>;  ///< random at each process start

/// Rises with every grant, is checked where the resource is. Leader term in the upper 32 bits, counter below.
using fencing_token = std::uint64_t;

/// Returns (leader term << 32) | counter.
constexpr fencing_token make_epoch(std::uint32_t term, std::uint32_t counter) noexcept {
  return (std::uint64_t{term} << 32) | counter;
}

constexpr std::uint32_t term_of(fencing_token epoch) noexcept { return static_cast<std::uint32_t>(epoch >> 32); }

/// 128 bits: 48 bits of wall milliseconds, 80 random bits. Sorts by time of submission; prints as 26 characters.
struct task_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  static auto fields(auto& m) { return std::tie(m.high, m.low); }
  friend auto operator<=>(const task_id&, const task_id&) = default;
  explicit operator bool() const noexcept { return (high | low) != 0; }
};

/// Makes task ids: time-ordered, strictly rising within one source, random in the tail.
class DUNLIN_EXPORT task_id_source {
 public:
  /// `seed` must differ between sources that feed one cluster.
  explicit task_id_source(std::uint64_t seed) noexcept;

  /// Returns an id greater than every earlier one of this source.
  task_id next(wall_ms now) noexcept;

 private:
  std::uint64_t state_;
  task_id last_{};
};

/// Returns 26 characters of Crockford's base 32, which sort like the ids.
DUNLIN_EXPORT std::string to_string(const task_id& id);

/// Errors: malformed.
DUNLIN_EXPORT result<task_id> parse_task_id(std::string_view text);

/// Where an agent lives. An address works from any node.
struct agent_address {
  std::string node;   ///< name of the node
  incarnation epoch;  ///< which life of that node; messages to an earlier life fail
  agent_id agent;
  static auto fields(auto& m) { return std::tie(m.node, m.epoch, m.agent); }
  friend bool operator==(const agent_address&, const agent_address&) = default;
};

/// True for 1 to 64 characters of `A-Za-z0-9._-`, the form of every name that a user gives.
DUNLIN_EXPORT bool is_valid_name(std::string_view name) noexcept;

}  // namespace dunlin

template <class Tag>
struct std::hash<dunlin::strong_id<Tag>> {
  std::size_t operator()(const dunlin::strong_id<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};

template <>
struct std::hash<dunlin::task_id> {
  std::size_t operator()(const dunlin::task_id& id) const noexcept {
    return static_cast<std::size_t>((id.low ^ (id.high * 0x9e3779b97f4a7c15ULL)));
  }
};
