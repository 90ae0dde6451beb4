// SPDX-License-Identifier: Apache-2.0
// Private to the worker index: which class each shape has, and the classes' members.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "coordination/scheduling/eligibility_class.hpp"

namespace dunlin {

/// A worker and its places in classes.
struct worker_record {
  worker_status status;
  member_number first_member = no_member;
  std::uint64_t scale = 0;  // levels per task, 32.32 fixed point

  /// Returns the rung for the present load; only for a worker with room.
  [[nodiscard]] std::uint16_t level() const noexcept {
    const auto level = (std::uint64_t{status.load} * scale) >> 32;
    return level < load_ladder::levels ? static_cast<std::uint16_t>(level) : std::uint16_t{load_ladder::levels - 1};
  }
};

/// Keeps shapes with equal eligible workers in one class, whatever changes.
class class_table {
 public:
  /// `workers` must outlive the table.
  explicit class_table(std::vector<worker_record>& workers) noexcept : workers_(&workers) {}

  void define(shape_id shape, std::span<const worker_slot> eligible);
  void forget(shape_id shape);
  void set_eligible(std::span<const shape_id> shapes, worker_slot worker, bool eligible);
  void remove_worker(worker_slot worker);

  /// Puts the worker where its present load, capacity and openness belong, in every class it is in.
  void refresh(worker_slot worker) noexcept;

  /// Returns the class of the shape, or null.
  [[nodiscard]] const eligibility_class* find(shape_id shape) const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> number_of(shape_id shape) const noexcept;
  [[nodiscard]] std::size_t class_count() const noexcept { return classes_.size() - free_classes_.size(); }
  [[nodiscard]] worker_slot worker_of(member_number member) const noexcept { return pool_[member].worker; }

 private:
  using class_number = std::uint32_t;
  static constexpr class_number no_class = ~class_number{0};

  [[nodiscard]] class_number class_of(shape_id shape) const noexcept;
  [[nodiscard]] class_number find_equal(std::uint64_t digest, const slot_set& eligible, class_number except) const;
  class_number class_for(const slot_set& eligible, std::uint64_t digest);
  void assign(shape_id shape, class_number to);
  void detach(shape_id shape);
  void toggle_group(class_number from, std::span<const shape_id> shapes, worker_slot worker);
  void toggle_in_place(class_number number, worker_slot worker);
  void settle(class_number number);
  void destroy(class_number number);
  void add_member(class_number number, worker_slot worker);
  void drop_member(class_number number, worker_slot worker);
  void place(member_number number, const worker_record& worker) noexcept;
  void index_digest(class_number number);
  void unindex_digest(class_number number);

  std::vector<worker_record>* workers_;
  member_pool pool_;
  std::vector<member_number> free_members_;
  std::vector<std::unique_ptr<eligibility_class>> classes_;
  std::vector<class_number> free_classes_;
  std::unordered_multimap<std::uint64_t, class_number> by_digest_;
  std::vector<class_number> class_of_shape_;
};

}  // namespace dunlin
