// SPDX-License-Identifier: Apache-2.0
// A task's history as server-sent events. The id of an event is its sequence in the store, so that a client that comes
// back with Last-Event-ID goes on where it was. The stream ends after the event of a terminal state.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "coordination/ports.hpp"
#include "net/gateway/message.hpp"

namespace dunlin::net {

/// What one look at the task brought: text to send, maybe none.
struct event_piece {
  std::string text;
  bool last = false;
};

/// Thread: home.
class event_stream : public std::enable_shared_from_this<event_stream> {
 public:
  event_stream(service& swarm, std::shared_ptr<poster> home, task_id id, std::uint64_t after)
      : swarm_(swarm), home_(std::move(home)), id_(id), after_(after) {}

  /// Looks once; `done` runs at home. Errors end the stream with an event that says why. One look at a time.
  void look(const std::function<void(event_piece)>& done);

 private:
  using done_function = std::function<void(event_piece)>;
  void on_events(const std::vector<task_event>& events, const done_function& done);
  void look_at_progress(const done_function& done);
  void on_record(const std::vector<task_record>& found, const done_function& done);

  service& swarm_;
  std::shared_ptr<poster> home_;
  task_id id_;
  std::uint64_t after_;
  task_progress seen_;
  bool ended_ = false;  ///< seen terminal once; its last event may have come after the look at the events
};

}  // namespace dunlin::net
