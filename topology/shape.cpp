// SPDX-License-Identifier: Apache-2.0
#include "topology/shape.hpp"

#include <algorithm>

#include "coordination/types.hpp"

namespace dunlin {

std::string_view to_string(overlay_shape shape) noexcept { return shape == overlay_shape::star ? "star" : "mesh"; }

result<overlay_shape> parse_overlay_shape(std::string_view text) {
  for (const auto shape : {overlay_shape::star, overlay_shape::mesh})
    if (text == to_string(shape)) return shape;
  return fail(errc::invalid_argument, "no overlay shape '" + std::string{text} + "'", "use star or mesh");
}

result<overlay> overlay::make(overlay_shape shape, std::vector<std::string> nodes, std::string_view hub) {
  for (const auto& node : nodes)
    if (!is_valid_name(node)) return fail(errc::invalid_argument, "'" + node + "' is no node name");
  std::sort(nodes.begin(), nodes.end());
  if (const auto twin = std::adjacent_find(nodes.begin(), nodes.end()); twin != nodes.end())
    return fail(errc::duplicate_name, "two nodes are called '" + *twin + "'");
  overlay made{shape, std::move(nodes), 0};
  if (shape == overlay_shape::star) {
    const auto centre = made.find(hub);
    if (!centre) return fail(centre.error());
    made.hub_ = *centre;
  }
  return made;
}

result<overlay::index> overlay::find(std::string_view node) const {
  const auto at = std::lower_bound(nodes_.begin(), nodes_.end(), node);
  if (at == nodes_.end() || *at != node) return fail(errc::not_found, "no node '" + std::string{node} + "'");
  return static_cast<index>(at - nodes_.begin());
}

bool overlay::linked(index a, index b) const noexcept {
  return a != b && (shape_ == overlay_shape::mesh || a == hub_ || b == hub_);
}

result<std::vector<std::string>> overlay::neighbours(std::string_view node) const {
  const auto at = find(node);
  if (!at) return fail(at.error());
  std::vector<std::string> out;
  for (index other = 0; other < nodes_.size(); ++other)
    if (linked(*at, other)) out.push_back(nodes_[other]);
  return out;
}

result<std::vector<std::string>> overlay::route(std::string_view from, std::string_view to) const {
  const auto a = find(from);
  if (!a) return fail(a.error());
  const auto b = find(to);
  if (!b) return fail(b.error());
  if (a == b) return std::vector{nodes_[*a]};
  if (linked(*a, *b)) return std::vector{nodes_[*a], nodes_[*b]};
  return std::vector{nodes_[*a], nodes_[hub_], nodes_[*b]};
}

result<std::uint32_t> overlay::distance(std::string_view from, std::string_view to) const {
  const auto way = route(from, to);
  if (!way) return fail(way.error());
  return static_cast<std::uint32_t>(way->size() - 1);
}

result<std::vector<std::string>> overlay::probe_peers(std::string_view node, std::size_t count) const {
  const auto at = find(node);
  if (!at) return fail(at.error());
  std::vector<std::string> out;
  for (index step = 1; step < nodes_.size() && out.size() < count; ++step) {
    const auto other = (*at + step) % nodes_.size();
    if (linked(*at, other)) out.push_back(nodes_[other]);
  }
  return out;
}

}  // namespace dunlin
