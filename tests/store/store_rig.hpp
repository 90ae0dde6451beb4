// SPDX-License-Identifier: Apache-2.0
// The stores under test, made alike, and calls that wait for their answer.
#pragma once

#include <memory>
#include <vector>

#include "coordination/ports.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::testing {

/// A store of its own for one test.
class store_rig {
 public:
  virtual ~store_rig() = default;
  virtual store_port& port() = 0;
};

struct store_kind {
  const char* name;
  std::unique_ptr<store_rig> (*make)();
};

[[nodiscard]] const std::vector<store_kind>& store_kinds();

/// Commits and waits for the answer; `timeout` after half a minute without one.
result<void> commit(store_port& store, transaction writes);

/// Returns every stored task, as `visit_all` brings them.
result<std::vector<task_record>> all_of(store_port& store);

[[nodiscard]] inline errc code_of(const result<void>& outcome) { return outcome ? errc::none : outcome.error().code; }

template <class T>
errc code_of(const result<T>& outcome) {
  return outcome ? errc::none : outcome.error().code;
}

}  // namespace dunlin::testing
