// SPDX-License-Identifier: Apache-2.0
// A client of a store: keeps so many transactions under way and checks afterwards what is stored.
#pragma once

#include <cstdint>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::bench {

struct store_load {
  std::string path;  ///< of the database, which is made anew
  std::uint64_t tasks = 0;
  std::uint64_t window = 1;    ///< transactions under way at most
  std::uint32_t commits = 1;   ///< per task: 1 = submit; 3 = submit, grant, result, each after the last one's answer
  std::uint64_t together = 1;  ///< tasks that one transaction submits; only with one commit per task
};

struct store_pace {
  double tasks_per_s = 0;
  double writes_per_sync = 0;
};

/// Stores the tasks and leaves the file. Errors: what the store answered; internal (something else is stored).
result<store_pace> run_store_load(const store_load& load);

/// Removes a database and the files beside it.
void remove_database(const std::string& path);

}  // namespace dunlin::bench
