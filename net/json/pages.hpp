// SPDX-License-Identifier: Apache-2.0
// The envelopes around lists: what a GET returns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/observe/views.hpp"
#include "coordination/tasks/task_record.hpp"

namespace dunlin::json {

struct task_page {
  std::vector<task_record> tasks;
  std::optional<task_id> next;  ///< give it as `after` for the next page; none = this was the last
};

struct event_page {
  std::vector<task_event> events;
  std::uint64_t next = 0;  ///< give it as `after` to go on
};

struct answer_page {
  std::vector<submit_answer> tasks;  ///< in the order of the specs
};

struct node_page {
  std::vector<node_view> nodes;
};

struct agent_page {
  std::vector<agent_view> agents;
};

struct device_page {
  std::vector<device_view> devices;
};

struct lease_page {
  std::vector<lease_view> leases;
};

struct lock_page {
  std::vector<lock_view> locks;
};

struct erased {
  std::uint64_t count = 0;
};

/// `status` is `ok`, `ready` or `not_ready`.
struct health {
  std::string status;
  std::string reason;
};

}  // namespace dunlin::json
