// SPDX-License-Identifier: Apache-2.0
// A handler's place in a pipeline: where it takes items, and where it puts them.
#pragma once

#include <string>
#include <utility>

#include "coordination/sharing/pipeline/stage_item.hpp"

namespace dunlin {

class task_context;

/// What the runtime does for a handler that serves a stage.
class DUNLIN_EXPORT stage_host {
 public:
  virtual ~stage_host() = default;
  virtual result<std::optional<stage_item>> take_item() = 0;
  virtual result<void> put_item(shared_bytes output) = 0;
  virtual result<void> fail_item(error why) = 0;
  virtual void leave_stage() noexcept = 0;
};

/// A stage that a handler serves, until this object ends: `task_context::join_stage`. Where several handlers serve one
/// stage, each has other items. Valid until the handler returns. Thread: the handler's.
///
///   while (true) {
///     auto item = stage->take();
///     if (!item) return fail(item.error());
///     if (!*item) break;  // the end
///     stage->put(work_on((*item)->input()));
///   }
class DUNLIN_EXPORT pipeline_stage {
 public:
  pipeline_stage(task_context& task, stage_host& host) : task_(&task), host_(&host) {}
  pipeline_stage(pipeline_stage&& other) noexcept : task_(other.task_), host_(std::exchange(other.host_, nullptr)) {}
  pipeline_stage& operator=(pipeline_stage&&) = delete;

  /// Leaves the stage; fails the item that it has. Once all handlers of the first stage have left, the stream ends.
  ~pipeline_stage() {
    if (host_ != nullptr) host_->leave_stage();
  }

  /// Ends a step, as `task_context::next_step` does, and waits for the next item and for room behind this stage.
  /// Returns nothing at the end of the stream. An item before it that was neither put nor failed is done if this stage
  /// is a last one, else it fails. Items that failed come to the last stages too, with `failure` set.
  /// Errors: cancelled, lease_expired, conflict (the first stage has nothing to take).
  result<std::optional<stage_item>> take();

  /// Hands the item's output on, of any size, by reference: nobody may change it. In a last stage it goes nowhere. In
  /// the first stage, puts a new item: ends a step and waits until there is room. The bytes do not count against the
  /// task's memory cap. Errors: conflict (no item was taken), lease_expired, cancelled.
  result<void> put(shared_bytes output);
  result<void> put(bytes output) { return put(std::make_shared<const bytes>(std::move(output))); }

  /// Fails the item that was taken, and only it. Errors: conflict (no item was taken), lease_expired.
  result<void> fail(error why) { return host_->fail_item(std::move(why)); }

 private:
  task_context* task_;
  stage_host* host_;
};

}  // namespace dunlin
