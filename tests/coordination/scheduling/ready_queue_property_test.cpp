// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "coordination/scheduling/ready_queue.hpp"

namespace dunlin {
namespace {

constexpr shape_id shapes = 4;
constexpr duration step = 10ms;

struct plain_task {
  std::uint32_t index = 0;
  shape_id shape = 0;
  int priority = 5;
  time_point since{};
  bool ready = true;
};

/// Returns the best ready task of a shape with room: lowest key, then first come.
std::vector<plain_task>::iterator best(std::vector<plain_task>& tasks, unsigned room) {
  auto found = tasks.end();
  const auto key = [](const plain_task& t) { return t.since - step * t.priority; };
  for (auto at = tasks.begin(); at != tasks.end(); ++at) {
    if (!at->ready || (room & (1U << at->shape)) == 0) continue;
    if (found == tasks.end() || key(*at) < key(*found)) found = at;
  }
  return found;
}

// Arrivals are 1 µs apart: the queue's own nanosecond per task must never show.
RC_GTEST_PROP(ReadyQueueProperty, PopsLikeAFullScan, ()) {
  ready_queue queue{step};
  std::vector<plain_task> tasks;
  time_point now{};
  const auto steps = *rc::gen::inRange<std::uint32_t>(1, 150);
  for (std::uint32_t i = 0; i < steps; ++i) {
    now += *rc::gen::element<duration>(1us, 900us, 7ms);
    const auto what = *rc::gen::inRange(0, 6);
    if (what < 3) {
      tasks.push_back({i, *rc::gen::inRange<shape_id>(0, shapes), *rc::gen::inRange(1, 11), now});
      queue.push({i, 0}, tasks.back().shape, static_cast<std::uint8_t>(tasks.back().priority), now);
    } else if (what == 3 && !tasks.empty()) {
      tasks[*rc::gen::inRange<std::size_t>(0, tasks.size())].ready = false;
    } else {
      const auto room = *rc::gen::inRange(0U, 1U << shapes);
      queue.unpark_all();
      const auto expected = best(tasks, room);
      const auto got = queue.pop_best([&](shape_id shape) { return (room & (1U << shape)) != 0; },
                                      [&](task_slot slot) {
                                        return std::ranges::any_of(
                                            tasks, [&](const auto& t) { return t.index == slot.index && t.ready; });
                                      });
      RC_ASSERT(got.has_value() == (expected != tasks.end()));
      if (!got) continue;
      RC_ASSERT(got->task.index == expected->index);
      RC_ASSERT(got->shape == expected->shape);
      tasks.erase(expected);
    }
  }
}

RC_GTEST_PROP(ReadyQueueProperty, NoTaskWaitsBeyondTheStatedBound, ()) {
  ready_queue queue{step};
  const auto priority = *rc::gen::inRange(1, 11);
  queue.push({0, 1}, 0, static_cast<std::uint8_t>(priority), time_point{});
  const auto bound = step * (10 - priority);
  auto now = time_point{};
  for (std::uint32_t i = 1; i < 200; ++i) {
    now += *rc::gen::element<duration>(500us, 1ms, 3ms);
    queue.push({i, 0}, i % shapes, 10, now);
    const auto got = queue.pop_best([](shape_id) { return true; }, [](task_slot) { return true; });
    RC_ASSERT(got.has_value());
    if (got->task.generation == 1) return;
    RC_ASSERT(got->since <= time_point{} + bound);
  }
  RC_FAIL("never served");
}

}  // namespace
}  // namespace dunlin
