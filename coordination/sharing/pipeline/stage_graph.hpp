// SPDX-License-Identifier: Apache-2.0
// The stages of a pipeline and which comes after which. Stages may fork and join, but all begins at one first stage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// One stage, as an operator names it.
struct stage_spec {
  std::string name;                     ///< 1-64 characters of `A-Za-z0-9._-`
  std::vector<std::string> after = {};  ///< the stages whose outputs it takes; none = the first stage
  std::uint32_t parallelism = 1;        ///< agents that may serve it at once: 1 to the device's units
  std::uint32_t ring = 4;               ///< items that may wait before it, from each stage it comes after: 1-1 024
  static auto fields(auto& m) { return std::tie(m.name, m.after, m.parallelism, m.ring); }
  friend bool operator==(const stage_spec&, const stage_spec&) = default;
};

/// Thread: any; it does not change.
class DUNLIN_EXPORT stage_graph {
 public:
  static constexpr std::size_t most_stages = 64;
  static constexpr std::uint32_t largest_ring = 1'024;

  /// `units` of the device. Errors, with the field's path: invalid_argument (none or too many stages, a bad name, ring
  /// or parallelism, more than one first stage), conflict (a name twice), unknown_dependency, cyclic_dependency (names
  /// the cycle's stages: `a -> b -> a`).
  static result<stage_graph> make(std::vector<stage_spec> stages, std::uint32_t units);

  [[nodiscard]] std::size_t size() const noexcept { return stages_.size(); }
  [[nodiscard]] const stage_spec& spec(std::size_t stage) const { return stages_[stage]; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t first() const noexcept { return order_.front(); }
  [[nodiscard]] bool is_last(std::size_t stage) const { return next_[stage].empty(); }

  /// Returns the stages it comes after, in the order in which `after` names them.
  [[nodiscard]] const std::vector<std::size_t>& before(std::size_t stage) const { return before_[stage]; }
  [[nodiscard]] const std::vector<std::size_t>& next(std::size_t stage) const { return next_[stage]; }

  /// Returns all stages, each after those that it comes after.
  [[nodiscard]] const std::vector<std::size_t>& order() const noexcept { return order_; }

  /// Returns the names, as `a, b, c`.
  [[nodiscard]] std::string names() const;

  friend bool operator==(const stage_graph& a, const stage_graph& b) { return a.stages_ == b.stages_; }

 private:
  explicit stage_graph(std::vector<stage_spec> stages) : stages_(std::move(stages)) {}
  [[nodiscard]] result<void> check_stages(std::uint32_t units) const;
  result<void> connect();
  result<void> sort();
  [[nodiscard]] std::string cycle(const std::vector<std::size_t>& open) const;

  std::vector<stage_spec> stages_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::vector<std::size_t>> next_;
  std::vector<std::size_t> order_;
};

}  // namespace dunlin
