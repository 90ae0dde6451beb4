// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/shape_table.hpp"

#include <deque>
#include <utility>
#include <vector>

#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/slot_index.hpp"

namespace dunlin {

namespace {

/// How many shapes without a task are remembered, so that a kind that comes one task at a time keeps its id.
constexpr std::size_t max_idle = 1'024;

struct shape_entry {
  task_shape shape;
  std::uint64_t hash = 0;
  std::uint32_t references = 0;
  bool idle_listed = false;
};

}  // namespace

struct shape_table::entries {
  std::deque<shape_entry> all;  // an entry stays where it is
  slot_index index;
  std::deque<shape_id> idle;  // oldest first; an entry may be in use again
  std::vector<shape_id> retired;
  std::vector<shape_id> free;
  shape_id last = slot_index::none;  // found or added last; never a retired one

  template <class Shape>
  shape_id intern(Shape&& shape) {
    if (!is_last(shape)) {
      const auto hash = hash_of(shape);
      const auto known = find(shape, hash);
      last = known == slot_index::none ? add(std::forward<Shape>(shape), hash) : known;
    }
    ++all[last].references;
    return last;
  }

  bool is_last(const task_shape& shape) const { return last != slot_index::none && all[last].shape == shape; }

  shape_id find(const task_shape& shape, std::uint64_t hash) const {
    return index.find(hash, [&](shape_id at) { return all[at].shape == shape; });
  }

  template <class Shape>
  shape_id add(Shape&& shape, std::uint64_t hash) {
    const auto id = free.empty() ? static_cast<shape_id>(all.size()) : free.back();
    if (free.empty())
      all.emplace_back();
    else
      free.pop_back();
    all[id] = shape_entry{std::forward<Shape>(shape), hash};
    index.insert(hash, id);
    return id;
  }

  void release(shape_id id) {
    auto& entry = all[id];
    if (--entry.references > 0 || entry.idle_listed) return;
    entry.idle_listed = true;
    idle.push_back(id);
    if (idle.size() > max_idle) retire_oldest();
  }

  void retire_oldest() {
    const auto id = idle.front();
    idle.pop_front();
    auto& entry = all[id];
    entry.idle_listed = false;
    if (entry.references > 0) return;
    if (last == id) last = slot_index::none;
    index.erase(entry.hash, id);
    retired.push_back(id);
  }
};

shape_table::shape_table() : entries_(std::make_unique<entries>()) {}
shape_table::~shape_table() = default;
shape_table::shape_table(shape_table&&) noexcept = default;
shape_table& shape_table::operator=(shape_table&&) noexcept = default;

shape_id shape_table::intern(task_shape&& shape) { return entries_->intern(std::move(shape)); }
shape_id shape_table::intern(const task_shape& shape) { return entries_->intern(shape); }

std::optional<shape_id> shape_table::find(const task_shape& shape) const {
  auto& own = *entries_;
  if (!own.is_last(shape)) {
    const auto known = own.find(shape, hash_of(shape));
    if (known == slot_index::none) return std::nullopt;
    own.last = known;
  }
  return own.last;
}

void shape_table::release(shape_id id) { entries_->release(id); }
const task_shape& shape_table::at(shape_id id) const { return entries_->all[id].shape; }
std::size_t shape_table::size() const noexcept { return entries_->index.size(); }
std::span<const shape_id> shape_table::retired() const noexcept { return entries_->retired; }

void shape_table::clear_retired() {
  for (const auto id : entries_->retired) entries_->all[id].shape = {};
  entries_->free.insert(entries_->free.end(), entries_->retired.begin(), entries_->retired.end());
  entries_->retired.clear();
}

}  // namespace dunlin
