// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "coordination/scheduling/placement_policy.hpp"

namespace dunlin {
namespace {

/// The index told plainly: every question is answered by looking at everybody.
struct plain_index {
  struct worker {
    std::uint32_t capacity = 0;
    std::uint32_t load = 0;
    std::uint16_t breadth = 0;
    bool open = true;
  };
  std::map<worker_slot, worker> workers;
  std::map<shape_id, std::set<worker_slot>> shapes;

  [[nodiscard]] std::vector<worker_slot> with_room(shape_id shape) const {
    std::vector<worker_slot> out;
    const auto found = shapes.find(shape);
    if (found == shapes.end()) return out;
    for (const auto slot : found->second) {
      const auto& w = workers.at(slot);
      if (w.open && w.load < w.capacity) out.push_back(slot);
    }
    return out;
  }

  [[nodiscard]] std::size_t distinct_sets() const {
    std::set<std::set<worker_slot>> sets;
    for (const auto& [shape, eligible] : shapes)
      if (!eligible.empty()) sets.insert(eligible);
    return sets.size();
  }
};

constexpr shape_id shape_count = 5;

/// Applies the same random steps to both and compares the answers.
class twin {
 public:
  void step() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        return add();
      case 1:
        return remove();
      case 2:
        return define();
      case 3:
        return change_capacity();
      case 4:
        return open_or_close();
      case 5:
        return toggle();
      case 6:
        return unload();
      default:
        return load();
    }
  }

  void check() const {
    RC_ASSERT(real_.class_count() == plain_.distinct_sets());
    for (shape_id shape = 0; shape < shape_count; ++shape) check(shape);
  }

 private:
  void check(shape_id shape) const {
    const auto room = plain_.with_room(shape);
    RC_ASSERT(real_.has_room(shape) == !room.empty());
    const auto least = real_.least_loaded(shape);
    const auto narrow = real_.most_specialised(shape);
    RC_ASSERT(least.has_value() == !room.empty());
    RC_ASSERT(narrow.has_value() == !room.empty());
    if (room.empty()) return;
    RC_ASSERT(std::ranges::count(room, *least) == 1);
    RC_ASSERT(std::ranges::count(room, *narrow) == 1);
    for (const auto other : room) {
      RC_ASSERT(rung(*least) <= rung(other));
      RC_ASSERT(breadth(*narrow) <= breadth(other));
      if (breadth(*narrow) == breadth(other)) RC_ASSERT(rung(*narrow) <= rung(other));
    }
    check_turn(shape, room);
  }

  void check_turn(shape_id shape, const std::vector<worker_slot>& room) const {
    const auto from = *rc::gen::inRange<worker_slot>(0, 12);
    const auto next = std::ranges::lower_bound(room, from);
    RC_ASSERT(real_.next_in_turn(shape, from) == (next == room.end() ? room.front() : *next));
  }

  /// Capacities divide 240, so that fills compare exactly in 240ths; all are far coarser than 1/256.
  [[nodiscard]] std::uint32_t rung(worker_slot slot) const {
    const auto& w = plain_.workers.at(slot);
    return w.load * (240 / w.capacity);
  }
  [[nodiscard]] std::uint16_t breadth(worker_slot slot) const { return plain_.workers.at(slot).breadth; }

  [[nodiscard]] std::optional<worker_slot> any() const {
    if (plain_.workers.empty()) return std::nullopt;
    const auto at = *rc::gen::inRange<std::size_t>(0, plain_.workers.size());
    return std::next(plain_.workers.begin(), static_cast<std::ptrdiff_t>(at))->first;
  }

  static std::uint32_t capacity() { return *rc::gen::element<std::uint32_t>(1, 2, 3, 4, 5, 6, 8, 10, 12); }
  static shape_id some_shape() { return *rc::gen::inRange<shape_id>(0, shape_count); }

  void add() {
    const auto cap = capacity();
    const auto breadth = *rc::gen::inRange<std::uint16_t>(0, 3);
    const auto slot = real_.add_worker(cap, breadth);
    RC_ASSERT(plain_.workers.emplace(slot, plain_index::worker{cap, 0, breadth, true}).second);
  }

  void remove() {
    const auto slot = any();
    if (!slot) return;
    real_.remove_worker(*slot);
    plain_.workers.erase(*slot);
    for (auto& [shape, eligible] : plain_.shapes) eligible.erase(*slot);
  }

  void define() {
    std::set<worker_slot> eligible;
    for (const auto& [slot, w] : plain_.workers)
      if (*rc::gen::arbitrary<bool>()) eligible.insert(slot);
    const auto shape = some_shape();
    real_.define_shape(shape, std::vector<worker_slot>(eligible.begin(), eligible.end()));
    plain_.shapes[shape] = eligible;
  }

  void toggle() {
    const auto slot = any();
    if (!slot) return;
    const auto on = *rc::gen::arbitrary<bool>();
    const auto shapes = *rc::gen::container<std::vector<shape_id>>(rc::gen::inRange<shape_id>(0, shape_count));
    real_.set_eligible(shapes, *slot, on);
    for (const auto shape : shapes) {
      if (on)
        plain_.shapes[shape].insert(*slot);
      else
        plain_.shapes[shape].erase(*slot);
    }
  }

  void change_capacity() {
    const auto slot = any();
    if (!slot) return;
    plain_.workers[*slot].capacity = capacity();
    real_.set_capacity(*slot, plain_.workers[*slot].capacity);
  }

  void open_or_close() {
    const auto slot = any();
    if (!slot) return;
    auto& open = plain_.workers[*slot].open;
    open = *rc::gen::arbitrary<bool>();
    if (open)
      real_.open(*slot);
    else
      real_.close(*slot);
  }

  void load() {
    const auto slot = any();
    if (!slot) return;
    const auto tasks = *rc::gen::inRange<std::uint32_t>(1, 4);
    plain_.workers[*slot].load += tasks;
    real_.add_load(*slot, tasks);
  }

  void unload() {
    const auto slot = any();
    if (!slot) return;
    const auto tasks = *rc::gen::inRange<std::uint32_t>(1, 4);
    auto& load = plain_.workers[*slot].load;
    load -= std::min(load, tasks);
    real_.remove_load(*slot, tasks);
  }

  worker_index real_;
  plain_index plain_;
};

RC_GTEST_PROP(WorkerIndexProperty, AnswersLikeAFullScan, ()) {
  twin both;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    both.step();
    both.check();
  }
}

RC_GTEST_PROP(RoundRobinProperty, IsFairAmongWorkersWithRoom, ()) {
  worker_index index;
  const auto count = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto rounds = *rc::gen::inRange<std::uint32_t>(1, 10);
  std::vector<worker_slot> eligible;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto slot = index.add_worker(1'000);
    if (i == 0 || *rc::gen::arbitrary<bool>()) eligible.push_back(slot);
  }
  index.define_shape(0, eligible);
  const auto policy = make_policy("round_robin", index);

  std::map<worker_slot, std::uint32_t> picks;
  for (std::size_t i = 0; i < rounds * eligible.size(); ++i) {
    const auto worker = (*policy)->pick(0);
    RC_ASSERT(worker.has_value());
    index.add_load(*worker);
    ++picks[*worker];
  }

  RC_ASSERT(picks.size() == eligible.size());
  for (const auto& [worker, times] : picks) RC_ASSERT(times == rounds);
}

}  // namespace
}  // namespace dunlin
