// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/worker_index.hpp"

#include <algorithm>
#include <array>

#include "coordination/scheduling/class_table.hpp"

namespace dunlin {

struct worker_index::impl {
  std::vector<worker_record> workers;
  std::vector<worker_slot> free_slots;
  slot_set live;
  class_table classes{workers};

  void set_capacity(worker_slot worker, std::uint32_t capacity) {
    auto& record = workers[worker];
    record.status.capacity = capacity;
    // Rounded up, so that load = capacity × k / levels stands on rung k exactly.
    record.scale = capacity == 0 ? 0 : ((std::uint64_t{load_ladder::levels} << 32) + capacity - 1) / capacity;
  }

  [[nodiscard]] std::optional<worker_slot> worker_of(member_number member) const noexcept {
    return member == no_member ? std::nullopt : std::optional{classes.worker_of(member)};
  }
};

worker_index::worker_index() : impl_(std::make_unique<impl>()) {}
worker_index::~worker_index() = default;

worker_slot worker_index::add_worker(std::uint32_t capacity, std::uint16_t breadth) {
  auto& own = *impl_;
  auto slot = static_cast<worker_slot>(own.workers.size());
  if (own.free_slots.empty()) {
    own.workers.emplace_back();
  } else {
    slot = own.free_slots.back();
    own.free_slots.pop_back();
    own.workers[slot] = {};
  }
  own.workers[slot].status.breadth = breadth;
  own.set_capacity(slot, capacity);
  own.live.insert(slot);
  return slot;
}

void worker_index::remove_worker(worker_slot worker) {
  impl_->classes.remove_worker(worker);
  impl_->live.erase(worker);
  impl_->free_slots.push_back(worker);
}

void worker_index::set_capacity(worker_slot worker, std::uint32_t capacity) {
  impl_->set_capacity(worker, capacity);
  impl_->classes.refresh(worker);
}

void worker_index::open(worker_slot worker) {
  impl_->workers[worker].status.open = true;
  impl_->classes.refresh(worker);
}

void worker_index::close(worker_slot worker) {
  impl_->workers[worker].status.open = false;
  impl_->classes.refresh(worker);
}

void worker_index::add_load(worker_slot worker, std::uint32_t tasks) {
  impl_->workers[worker].status.load += tasks;
  impl_->classes.refresh(worker);
}

void worker_index::remove_load(worker_slot worker, std::uint32_t tasks) {
  auto& load = impl_->workers[worker].status.load;
  load -= std::min(load, tasks);
  impl_->classes.refresh(worker);
}

bool worker_index::exists(worker_slot worker) const noexcept { return impl_->live.contains(worker); }

const worker_status& worker_index::status(worker_slot worker) const noexcept { return impl_->workers[worker].status; }

const slot_set& worker_index::workers() const noexcept { return impl_->live; }

void worker_index::define_shape(shape_id shape, std::span<const worker_slot> eligible) {
  impl_->classes.define(shape, eligible);
}

void worker_index::set_eligible(shape_id shape, worker_slot worker, bool eligible) {
  impl_->classes.set_eligible(std::array{shape}, worker, eligible);
}

void worker_index::set_eligible(std::span<const shape_id> shapes, worker_slot worker, bool eligible) {
  impl_->classes.set_eligible(shapes, worker, eligible);
}

void worker_index::forget_shape(shape_id shape) { impl_->classes.forget(shape); }

const slot_set& worker_index::eligible(shape_id shape) const noexcept {
  static const slot_set nobody;
  const auto* found = impl_->classes.find(shape);
  return found == nullptr ? nobody : found->eligible;
}

std::size_t worker_index::class_count() const noexcept { return impl_->classes.class_count(); }

std::optional<std::uint32_t> worker_index::class_of(shape_id shape) const noexcept {
  return impl_->classes.number_of(shape);
}

bool worker_index::has_room(shape_id shape) const noexcept {
  const auto* found = impl_->classes.find(shape);
  return found != nullptr && !found->with_room.empty();
}

std::optional<worker_slot> worker_index::least_loaded(shape_id shape) const noexcept {
  const auto* found = impl_->classes.find(shape);
  return found == nullptr ? std::nullopt : impl_->worker_of(found->least_loaded());
}

std::optional<worker_slot> worker_index::most_specialised(shape_id shape) const noexcept {
  const auto* found = impl_->classes.find(shape);
  return found == nullptr ? std::nullopt : impl_->worker_of(found->most_specialised());
}

std::optional<worker_slot> worker_index::next_in_turn(shape_id shape, worker_slot from) const noexcept {
  const auto* found = impl_->classes.find(shape);
  if (found == nullptr) return std::nullopt;
  const auto next = found->with_room.next_from(from);
  return next ? next : found->with_room.next_from(0);
}

}  // namespace dunlin
