// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/class_table.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

void class_table::define(shape_id shape, std::span<const worker_slot> eligible) {
  slot_set set;
  std::uint64_t digest = 0;
  for (const auto worker : eligible) {
    if (set.contains(worker)) continue;
    set.insert(worker);
    digest ^= digest_of(worker);
  }
  assign(shape, class_for(set, digest));
}

void class_table::forget(shape_id shape) { assign(shape, no_class); }

void class_table::set_eligible(std::span<const shape_id> shapes, worker_slot worker, bool eligible) {
  std::vector<std::pair<class_number, shape_id>> changed;
  for (const auto shape : shapes) {
    const auto* now = find(shape);
    if ((now != nullptr && now->eligible.contains(worker)) != eligible) changed.emplace_back(class_of(shape), shape);
  }
  std::ranges::sort(changed);
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  std::vector<shape_id> group;
  for (std::size_t at = 0; at < changed.size();) {
    const auto from = changed[at].first;
    group.clear();
    for (; at < changed.size() && changed[at].first == from; ++at) group.push_back(changed[at].second);
    toggle_group(from, group, worker);
  }
}

void class_table::toggle_group(class_number from, std::span<const shape_id> shapes, worker_slot worker) {
  if (from != no_class && classes_[from]->shapes.size() == shapes.size()) return toggle_in_place(from, worker);
  slot_set set;
  std::uint64_t digest = 0;
  if (from != no_class) {
    set = classes_[from]->eligible;
    digest = classes_[from]->digest;
  }
  if (set.contains(worker))
    set.erase(worker);
  else
    set.insert(worker);
  const auto to = class_for(set, digest ^ digest_of(worker));
  for (const auto shape : shapes) assign(shape, to);
}

void class_table::toggle_in_place(class_number number, worker_slot worker) {
  unindex_digest(number);
  if (classes_[number]->eligible.contains(worker))
    drop_member(number, worker);
  else
    add_member(number, worker);
  index_digest(number);
  settle(number);
}

void class_table::remove_worker(worker_slot worker) {
  auto& first = (*workers_)[worker].first_member;
  while (first != no_member) toggle_in_place(pool_[first].of_class, worker);
}

void class_table::settle(class_number number) {
  auto& own = *classes_[number];
  auto to = no_class;
  if (!own.eligible.empty()) {
    to = find_equal(own.digest, own.eligible, number);
    if (to == no_class) return;
  }
  const auto shapes = own.shapes;  // the last one to leave destroys the class
  for (const auto shape : shapes) assign(shape, to);
}

class_table::class_number class_table::find_equal(std::uint64_t digest, const slot_set& eligible,
                                                  class_number except) const {
  const auto [first, last] = by_digest_.equal_range(digest);
  for (auto at = first; at != last; ++at)
    if (at->second != except && classes_[at->second]->eligible == eligible) return at->second;
  return no_class;
}

class_table::class_number class_table::class_for(const slot_set& eligible, std::uint64_t digest) {
  if (eligible.empty()) return no_class;
  if (const auto equal = find_equal(digest, eligible, no_class); equal != no_class) return equal;
  class_number number = 0;
  if (free_classes_.empty()) {
    number = static_cast<class_number>(classes_.size());
    classes_.emplace_back();
  } else {
    number = free_classes_.back();
    free_classes_.pop_back();
  }
  classes_[number] = std::make_unique<eligibility_class>();
  eligible.for_each([&](worker_slot worker) { add_member(number, worker); });
  index_digest(number);
  return number;
}

void class_table::assign(shape_id shape, class_number to) {
  if (class_of(shape) == to) return;
  detach(shape);
  if (to == no_class) return;
  if (shape >= class_of_shape_.size()) class_of_shape_.resize(shape + 1, no_class);
  class_of_shape_[shape] = to;
  classes_[to]->shapes.push_back(shape);
}

void class_table::detach(shape_id shape) {
  const auto number = class_of(shape);
  if (number == no_class) return;
  class_of_shape_[shape] = no_class;
  auto& shapes = classes_[number]->shapes;
  std::erase(shapes, shape);
  if (shapes.empty()) destroy(number);
}

void class_table::destroy(class_number number) {
  unindex_digest(number);
  const auto members = classes_[number]->eligible;
  members.for_each([&](worker_slot worker) { drop_member(number, worker); });
  classes_[number].reset();
  free_classes_.push_back(number);
}

void class_table::add_member(class_number number, worker_slot worker) {
  member_number member = 0;
  if (free_members_.empty()) {
    member = static_cast<member_number>(pool_.size());
    pool_.emplace_back();
  } else {
    member = free_members_.back();
    free_members_.pop_back();
  }
  auto& own = *classes_[number];
  auto& record = (*workers_)[worker];
  own.eligible.insert(worker);
  own.digest ^= digest_of(worker);
  pool_[member] = class_member{&own.ladder_of(record.status.breadth), worker, number, record.first_member};
  record.first_member = member;
  place(member, record);
}

void class_table::drop_member(class_number number, worker_slot worker) {
  auto* link = &(*workers_)[worker].first_member;
  while (pool_[*link].of_class != number) link = &pool_[*link].next_of_worker;
  const auto member = *link;
  *link = pool_[member].next_of_worker;
  if (pool_[member].level != class_member::unlinked) pool_[member].ladder->remove(pool_, member);
  auto& own = *classes_[number];
  own.eligible.erase(worker);
  own.with_room.erase(worker);
  own.digest ^= digest_of(worker);
  free_members_.push_back(member);
}

void class_table::refresh(worker_slot worker) noexcept {
  const auto& record = (*workers_)[worker];
  for (auto at = record.first_member; at != no_member; at = pool_[at].next_of_worker) place(at, record);
}

void class_table::place(member_number number, const worker_record& worker) noexcept {
  auto& member = pool_[number];
  const auto level = worker.status.has_room() ? worker.level() : class_member::unlinked;
  if (level == member.level) return;
  const bool had_room = member.level != class_member::unlinked;
  const bool has_room = level != class_member::unlinked;
  if (had_room) member.ladder->remove(pool_, number);
  if (has_room) member.ladder->append(pool_, number, level);
  if (had_room == has_room) return;
  auto& with_room = classes_[member.of_class]->with_room;
  if (has_room)
    with_room.insert(member.worker);
  else
    with_room.erase(member.worker);
}

void class_table::index_digest(class_number number) { by_digest_.emplace(classes_[number]->digest, number); }

void class_table::unindex_digest(class_number number) {
  const auto [first, last] = by_digest_.equal_range(classes_[number]->digest);
  by_digest_.erase(std::find_if(first, last, [number](const auto& entry) { return entry.second == number; }));
}

class_table::class_number class_table::class_of(shape_id shape) const noexcept {
  return shape < class_of_shape_.size() ? class_of_shape_[shape] : no_class;
}

const eligibility_class* class_table::find(shape_id shape) const noexcept {
  const auto number = class_of(shape);
  return number == no_class ? nullptr : classes_[number].get();
}

std::optional<std::uint32_t> class_table::number_of(shape_id shape) const noexcept {
  const auto number = class_of(shape);
  return number == no_class ? std::nullopt : std::optional{number};
}

}  // namespace dunlin
