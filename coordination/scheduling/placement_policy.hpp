// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/scheduling/worker_index.hpp"

namespace dunlin {

/// One worker in a decision record.
struct candidate {
  worker_slot worker = 0;
  bool eligible = false;       ///< it could be picked now
  double score = 0;            ///< lower wins; meaning depends on the policy; 0 if not eligible
  std::string rejecting_term;  ///< why it could not be picked; empty if eligible
};

/// Picks a worker for a shape. The pick changes no load: the caller adds it. Given the same history every policy picks
/// the same. A policy may be replaced by another on the same index at any time. Thread: the owner's of the index.
class DUNLIN_EXPORT placement_policy {
 public:
  /// `workers` must outlive the policy.
  explicit placement_policy(const worker_index& workers) noexcept : workers_(&workers) {}
  virtual ~placement_policy() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Returns a worker that may run the shape and has room, or none.
  [[nodiscard]] virtual std::optional<worker_slot> pick(shape_id shape) = 0;

  /// Returns every worker with its score or what rejects it; among the eligible ones the next pick comes first.
  [[nodiscard]] std::vector<candidate> explain(shape_id shape) const;

 protected:
  /// Returns the score of an eligible worker; lower wins.
  [[nodiscard]] virtual double score(shape_id shape, worker_slot worker) const = 0;
  [[nodiscard]] const worker_index& workers() const noexcept { return *workers_; }

 private:
  const worker_index* workers_;
};

/// Returns the names that `make_policy` knows.
[[nodiscard]] DUNLIN_EXPORT std::span<const std::string_view> policy_names() noexcept;

/// Returns the policy of that name over `workers`. Errors: invalid_argument (lists the known names).
[[nodiscard]] DUNLIN_EXPORT result<std::unique_ptr<placement_policy>> make_policy(std::string_view name,
                                                                                  const worker_index& workers);

}  // namespace dunlin
