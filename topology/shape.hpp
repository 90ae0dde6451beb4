// SPDX-License-Identifier: Apache-2.0
// Who talks to whom. An overlay is drawn over the names of nodes; equal names in any order give equal answers on every
// machine, so that nodes agree without asking each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// Star: every node knows the hub. Mesh: every node knows every other.
enum class overlay_shape : std::uint8_t { star, mesh };

DUNLIN_EXPORT std::string_view to_string(overlay_shape shape) noexcept;

/// Errors: invalid_argument.
DUNLIN_EXPORT result<overlay_shape> parse_overlay_shape(std::string_view text);

/// A shape over named nodes. Immutable.
class DUNLIN_EXPORT overlay {
 public:
  /// `hub` names the centre of a star and is ignored by a mesh. Errors: invalid_argument (a bad name), duplicate_name,
  /// not_found (the hub is none of the nodes).
  static result<overlay> make(overlay_shape shape, std::vector<std::string> nodes, std::string_view hub = {});

  /// Returns the nodes in the order of their names.
  [[nodiscard]] const std::vector<std::string>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] overlay_shape shape() const noexcept { return shape_; }

  /// Returns the nodes that `node` has a link to, by name. Errors: not_found.
  [[nodiscard]] result<std::vector<std::string>> neighbours(std::string_view node) const;

  /// Returns the shortest way, both ends included. Errors: not_found.
  [[nodiscard]] result<std::vector<std::string>> route(std::string_view from, std::string_view to) const;

  /// Returns the number of links on the shortest way. Errors: not_found.
  [[nodiscard]] result<std::uint32_t> distance(std::string_view from, std::string_view to) const;

  /// Returns at most `count` neighbours that `node` watches: those that follow it in the ring of names, so that in a
  /// mesh every node is watched by as many as it watches. Errors: not_found.
  [[nodiscard]] result<std::vector<std::string>> probe_peers(std::string_view node, std::size_t count) const;

 private:
  using index = std::size_t;
  overlay(overlay_shape shape, std::vector<std::string> nodes, index hub)
      : shape_(shape), nodes_(std::move(nodes)), hub_(hub) {}
  [[nodiscard]] result<index> find(std::string_view node) const;
  [[nodiscard]] bool linked(index a, index b) const noexcept;

  overlay_shape shape_;
  std::vector<std::string> nodes_;  // sorted
  index hub_;
};

}  // namespace dunlin
