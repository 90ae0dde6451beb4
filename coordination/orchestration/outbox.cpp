// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/outbox.hpp"

#include <algorithm>
#include <iterator>

namespace dunlin {

namespace {

std::size_t weight(const task_outcome& outcome) noexcept {
  auto out = outcome.output.size() + outcome.why.size() + 64;
  for (const auto& use : outcome.usage.device) out += use.backend.size() + use.because.size() + 32;
  return out;
}

}  // namespace

void outbox::add(task_outcome&& outcome) {
  for (auto& use : outcome.usage.device)
    if (use.because.size() > max_because) use.because.resize(max_because);
  fresh_.push_back(std::move(outcome));
}

void outbox::flush(std::vector<outcome_batch>& out) {
  for (auto first = fresh_.begin(); first != fresh_.end();) {
    auto last = first;
    std::size_t bytes = 0;
    while (last != fresh_.end() && static_cast<std::size_t>(last - first) < most_ &&
           (last == first || bytes + weight(*last) <= max_bytes))
      bytes += weight(*last++);
    outcome_batch batch{next_sequence_++, {}};
    batch.outcomes.assign(std::make_move_iterator(first), std::make_move_iterator(last));
    sent_.push_back(batch);
    out.push_back(std::move(batch));
    first = last;
  }
  fresh_.clear();
}

void outbox::on_receipt(std::uint64_t sequence) {
  const auto at = std::ranges::lower_bound(sent_, sequence, {}, &outcome_batch::sequence);
  if (at != sent_.end() && at->sequence == sequence) sent_.erase(at);
}

}  // namespace dunlin
