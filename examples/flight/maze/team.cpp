// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/maze/team.hpp"

namespace dunlin::flight::maze {

team::team(unsigned size) {
  for (unsigned part = 1; part < size; ++part) helpers_.emplace_back([this, part] { help(part); });
}

team::~team() {
  over_ = true;
  ++round_;
  round_.notify_all();
  helpers_.clear();  // joins, before the atomics that they wait on go
}

void team::run_parts() {
  busy_ = static_cast<std::uint32_t>(helpers_.size());
  ++round_;
  round_.notify_all();
  work_.call(work_.body, 0);
  for (std::uint32_t left = busy_; left != 0; left = busy_) busy_.wait(left);
}

void team::help(unsigned part) {
  for (std::uint32_t seen = 0;;) {
    round_.wait(seen);
    seen = round_;
    if (over_) return;
    work_.call(work_.body, part);
    if (--busy_ == 0) busy_.notify_one();
  }
}

}  // namespace dunlin::flight::maze
