// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {

/// A leader of the next term that starts from what the other one stored.
class successor : public table_story {
 public:
  explicit successor(const table_story& before, task_table_config config = {}, duration pause = 1s)
      : table_story(config, before.table.term() + 1) {
    at = before.at;
    skip(pause);
    at.now += 500s;  // another process, another monotonic clock
    store = before.store;
    for (auto record = store.all().rbegin(); record != store.all().rend(); ++record)  // any order will do
      EXPECT_TRUE(table.restore(task_record{record->second}, at));
    table.finish_restore(at, open);
    store.apply(open);
    open.writes.clear();
  }
};

}  // namespace dunlin
