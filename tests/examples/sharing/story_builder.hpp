// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "examples/sharing/story.hpp"

namespace dunlin::sharing {

using std::chrono::milliseconds;

/// A walk that a test tells: times in milliseconds since its begin.
class story_builder {
 public:
  story_builder() {
    out_.names = {"index", "train", "render", "answer"};
    out_.units = 2;
  }
  story_builder& pattern(std::string name, int from, int to) {
    out_.phases.push_back({std::move(name), at(from), at(to), {}});
    return *this;
  }
  story_builder& paused(std::size_t member, milliseconds time) {
    out_.phases.back().pauses.at(member) = time;
    return *this;
  }
  story_builder& step(std::size_t member, int from, int to, std::uint32_t first_unit = 0, std::uint32_t units = 2) {
    out_.steps.push_back({member, at(from), at(to), first_unit, units, false});
    return *this;
  }
  story_builder& pooled_step(std::size_t member, int from, int to) {
    out_.steps.push_back({member, at(from), at(to), 0, 1, true});
    return *this;
  }
  story_builder& task(std::size_t member, int from, int to) {
    out_.tasks.push_back({member, at(from), at(to), true});
    return *this;
  }
  [[nodiscard]] const story& told() const { return out_; }

  static moment at(int ms) { return moment{std::chrono::hours{1}} + milliseconds{ms}; }

 private:
  story out_;
};

}  // namespace dunlin::sharing
