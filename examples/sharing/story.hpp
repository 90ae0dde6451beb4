// SPDX-License-Identifier: Apache-2.0
// What happened while four agents shared a device, in plain figures: what the picture and the table are made of.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dunlin::sharing {

using moment = std::chrono::steady_clock::time_point;

inline constexpr std::size_t crew_size = 4;

/// One step on the device, from its begin to its end.
struct step_taken {
  std::size_t member = 0;
  moment begin;
  moment end;
  std::uint32_t first_unit = 0;
  std::uint32_t units = 1;
  bool pooled = false;  ///< it had any one unit that was free
};

/// A task, from its submission to its end.
struct task_done {
  std::size_t member = 0;
  moment submitted;
  moment ended;
  bool well = true;
};

/// The time for which the device had one pattern.
struct phase {
  std::string pattern;
  moment from;
  moment to;
  std::array<std::optional<std::chrono::nanoseconds>, crew_size> pauses;  ///< that the switch cost each agent
};

struct story {
  std::array<std::string, crew_size> names;
  std::array<std::string, crew_size> characters;
  std::uint32_t units = 1;  ///< of the device
  std::vector<phase> phases;
  std::vector<step_taken> steps;
  std::vector<task_done> tasks;
};

}  // namespace dunlin::sharing
