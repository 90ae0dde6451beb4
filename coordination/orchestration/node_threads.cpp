// SPDX-License-Identifier: Apache-2.0
// Which threads of the node tasks run on, and how many of these are taken.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

node_dispatch::thread_need node_dispatch::need_of(const task_shape& shape) const {
  thread_need out;
  const bool on_thread = std::ranges::any_of(
      classes_, [&](const auto& each) { return each->isolation == isolation_mode::thread && serves(*each, shape); });
  for (std::size_t variant = 0; on_thread && variant <= shape.variants.size(); ++variant)
    (wants_device(shape, static_cast<std::uint8_t>(variant)) ? out.of_holders : out.of_others) = true;
  return out;
}

/// Whoever holds a share of a device waits for its turns there, on a thread of its own.
bool node_dispatch::has_thread(const thread_need& need) const noexcept {
  if (need.of_holders && holders_ >= config_.max_holders) return false;
  return !need.of_others || config_.max_threads == 0 || threads_ < config_.max_threads;
}

std::uint32_t& node_dispatch::threads_of(const agent_row& row) {
  return wants_device(shapes_.at(row.shape), row.variant) ? holders_ : threads_;
}

void node_dispatch::enter(const agent_row& row) {
  ++running_;
  if (row.its_class->isolation == isolation_mode::thread) ++threads_of(row);
}

/// Whatever ends here says nothing about what it ran on: what does has said so before.
void node_dispatch::leave(agent_row& row) {
  if (const auto backend = std::move(row.backend)) backends_.on_given_up(*backend);
  --running_;
  const bool waited = std::exchange(row.awaits_group, false);
  if (row.its_class->isolation == isolation_mode::thread && !waited) --threads_of(row);
  room_freed_ = true;
}

/// A holder keeps its thread: those have as many as may hold shares.
void node_dispatch::on_awaits_group(agent_id agent, const task_epoch& task, bool waits) {
  auto* const row = find(agent);
  if (row == nullptr || row->task != task || row->phase != agent_phase::working || row->awaits_group == waits) return;
  if (row->its_class->isolation != isolation_mode::thread || &threads_of(*row) != &threads_) return;
  row->awaits_group = waits;
  threads_ += waits ? -1 : 1;
  room_freed_ = room_freed_ || waits;
}

}  // namespace dunlin
