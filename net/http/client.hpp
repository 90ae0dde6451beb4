// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coordination/result.hpp"
#include "net/json/pages.hpp"

namespace dunlin::net {

struct client_config {
  std::string address = "127.0.0.1";  ///< numeric
  std::uint16_t port = 8'080;
  std::string token;
  std::chrono::milliseconds connect_deadline{2'000};
  std::chrono::milliseconds answer_deadline{35'000};  ///< a little more than the server's own
};

/// What `http_client::watch` tells. Either returns false to stop.
class DUNLIN_EXPORT task_watcher {
 public:
  virtual ~task_watcher() = default;
  virtual bool on_event(const task_event& event) = 0;
  virtual bool on_progress(const task_progress& progress) = 0;
};

/// Speaks to a swarm's HTTP gateway and waits for each answer; one connection, kept between calls.
/// Errors of every call: those of the server as it said them (code, cause, hint, path), unreachable (nobody listens),
/// timeout, link_down (the connection ended before the answer), protocol_violation (the answer is not ours).
/// Thread: one at a time.
class DUNLIN_EXPORT http_client {
 public:
  explicit http_client(client_config config);
  ~http_client();
  http_client(http_client&&) noexcept;
  http_client& operator=(http_client&&) noexcept;

  /// All or nothing. Without an idempotency key a lost answer leaves open whether the tasks were accepted.
  result<std::vector<submit_answer>> submit(const std::vector<task_spec>& specs);

  result<task_record> find(task_id id);

  /// Without payload and output. `finished_before` is not part of this query.
  result<json::task_page> list(const task_filter& filter);
  result<std::vector<task_event>> events(task_id id, std::uint64_t after = 0, std::uint32_t limit = 100);

  /// Tells the events after `after` and the progress of a task as they happen, until it has ended or the watcher has
  /// had enough. Goes on by itself where the server cuts a long stream.
  result<void> watch(task_id id, std::uint64_t after, task_watcher& watcher);
  result<task_record> cancel(task_id id);

  /// Forgets one task that has ended. Errors: conflict (it still runs).
  result<std::uint64_t> erase(task_id id);

  /// Forgets the ended tasks in `states` (empty = all that ended) that ended at least `age` ago; returns how many.
  result<std::uint64_t> erase(const std::vector<task_state>& states, std::chrono::seconds age);

  result<task_explanation> explain(task_id id);
  result<std::vector<node_view>> nodes();
  result<std::vector<agent_view>> agents();
  result<std::vector<device_view>> devices();
  result<std::vector<lease_view>> leases();
  result<std::vector<lock_view>> locks();

  /// Returns the Prometheus text.
  result<std::string> metrics();

  /// Empty = ready; else what is missing.
  result<std::string> readiness();

  result<void> coordinate(const std::string& node, const coordinate_order& order);
  result<void> drain(const std::string& node);
  result<void> shut_down();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dunlin::net
