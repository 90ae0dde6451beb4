// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {

/// Two nodes with room for many tasks.
struct two_nodes : leader_story {
  incarnation a = join(node("a").slots(4));
  incarnation b = join(node("b").slots(4));

  std::vector<task_id> granted_anywhere() {
    auto all = granted_ids(a);
    for (const auto& id : granted_ids(b)) all.push_back(id);
    return all;
  }

  /// A second leader that knows what the first one stored.
  std::unique_ptr<orchestration> successor() {
    auto next = orchestration::make({}, 2, 8).value();
    for (const auto& [id, record] : store.all()) EXPECT_TRUE(next->restore(task_record{record}, at));
    return next;
  }
};

}  // namespace dunlin
