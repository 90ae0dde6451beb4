// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/side_lanes.hpp"

#include <utility>

namespace dunlin::cuda {

result<void> side_lanes::fork(const stream& main) {
  if (forked_ == nullptr) {
    auto made = event::make(main.context());
    if (!made) return fail(std::move(made.error()));
    forked_ = std::move(*made);
  }
  used_ = 0;
  turn_ = 0;
  return forked_->record(main);
}

result<const work_lane*> side_lanes::next() {
  const auto at = turn_++ % most_;
  if (at == lanes_.size())
    if (auto opened = open_one(); !opened) return fail(std::move(opened.error()));
  const auto& work = lanes_[at].work;
  if (at == used_) {
    if (auto behind = work.on->wait_for(*forked_); !behind) return fail(std::move(behind.error()));
    ++used_;
  }
  return &work;
}

result<void> side_lanes::open_one() {
  auto work = open_();
  if (!work) return fail(std::move(work.error()));
  auto done = event::make(work->on->context());
  if (!done) return fail(std::move(done.error()));
  lanes_.push_back({std::move(*work), std::move(*done)});
  return {};
}

/// All are joined, whatever one of them answers: memory may be used again behind the main stream.
result<void> side_lanes::join(const stream& main) {
  result<void> out;
  for (std::size_t i = 0; i < used_; ++i) {
    auto joined = lanes_[i].done->record(*lanes_[i].work.on);
    if (joined) joined = main.wait_for(*lanes_[i].done);
    if (!joined && out) out = std::move(joined);
  }
  used_ = 0;
  return out;
}

}  // namespace dunlin::cuda
