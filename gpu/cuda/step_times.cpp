// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/step_times.hpp"

#include <utility>

namespace dunlin::cuda {

result<void> step_times::begin(const stream& on) {
  auto begin = take_event();
  if (!begin) return fail(std::move(begin.error()));
  begun_ = std::move(*begin);
  return begun_->record(on);
}

result<std::uint64_t> step_times::end(const stream& on) {
  auto end = take_event();
  if (!end) return fail(std::move(end.error()));
  if (auto put = (*end)->record(on); !put) return fail(std::move(put.error()));
  on_their_way_.push_back({std::move(begun_), std::move(*end)});
  std::uint64_t busy = 0;
  while (!on_their_way_.empty()) {
    const auto& oldest = *on_their_way_.front().end;
    const auto passed = oldest.has_passed();
    if (!passed) return fail(error{passed.error()});
    if (!*passed && on_their_way_.size() <= window) break;
    if (auto taken = take_oldest(busy); !taken) return fail(std::move(taken.error()));
  }
  return busy;
}

result<std::uint64_t> step_times::finish() {
  std::uint64_t busy = 0;
  while (!on_their_way_.empty())
    if (auto taken = take_oldest(busy); !taken) return fail(std::move(taken.error()));
  return busy;
}

result<void> step_times::take_oldest(std::uint64_t& busy_ns) {
  auto oldest = std::move(on_their_way_.front());
  on_their_way_.pop_front();
  if (auto waited = oldest.end->wait(); !waited) return waited;
  const auto took = oldest.end->ns_since(*oldest.begin);
  if (!took) return fail(error{took.error()});
  busy_ns += *took;
  spare_.push_back(std::move(oldest.begin));
  spare_.push_back(std::move(oldest.end));
  return {};
}

result<std::unique_ptr<event>> step_times::take_event() {
  if (spare_.empty()) return event::make(context_);
  auto out = std::move(spare_.back());
  spare_.pop_back();
  return out;
}

}  // namespace dunlin::cuda
