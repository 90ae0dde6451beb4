// SPDX-License-Identifier: Apache-2.0
#include "actors/pipeline_stage.hpp"

#include "actors/agent.hpp"

namespace dunlin {

result<std::optional<stage_item>> pipeline_stage::take() {
  if (task_->cancelled()) return dunlin::fail(errc::cancelled, "the task was stopped");
  auto item = host_->take_item();
  task_->see_lease();
  return item;
}

result<void> pipeline_stage::put(shared_bytes output) {
  if (task_->cancelled()) return dunlin::fail(errc::cancelled, "the task was stopped");
  auto put = host_->put_item(std::move(output));
  task_->see_lease();
  return put;
}

}  // namespace dunlin
