// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/tasks/task_spec.hpp"
#include "examples/flight/retrieval/corpus.hpp"

namespace dunlin::flight {

/// Where the flight finds its data and leaves its intermediate results.
struct flight_places {
  std::string digits;                     ///< the data set
  std::vector<retrieval::source> corpus;  ///< documents to search
  std::string directory;                  ///< of this run, exists
};

/// Returns the documents that the flight's questions are about: those of the project below `project`, its root folder,
/// and the licences that every Debian machine carries.
std::vector<retrieval::source> flight_corpus(const std::string& project);

/// How much there is to do. The defaults make about 300 tasks.
struct flight_size {
  std::uint32_t seeds = 10;  ///< of the digits, five folds each
  std::uint32_t grover = 20;
  std::uint32_t vqe = 10;
  std::uint32_t noise_parts = 10;      ///< of each noise level
  std::uint32_t trajectories = 2'000;  ///< in one part
  std::uint32_t maze_batches = 100;
  std::uint32_t mazes = 10;  ///< in a batch
};

/// The noise levels that are sampled.
inline constexpr double noise_levels[] = {0.01, 0.05, 0.2};

/// Returns every task with its name, capability, priority, idempotency key (unique to the directory) and dependencies:
/// names within the plan. Names start with the kind. Errors: what reading the corpus brings.
result<std::vector<task_spec>> make_plan(const flight_places& places, const flight_size& size = {});

}  // namespace dunlin::flight
