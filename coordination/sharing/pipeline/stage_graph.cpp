// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/stage_graph.hpp"

#include <algorithm>
#include <utility>

#include "coordination/types.hpp"

namespace dunlin {

namespace {

std::string path_of(std::size_t stage, std::string_view field) {
  return "stages[" + std::to_string(stage) + "]." + std::string{field};
}

result<void> check_range(std::uint32_t value, std::uint32_t most, std::size_t stage, std::string_view field) {
  if (value >= 1 && value <= most) return {};
  return fail(errc::invalid_argument, std::string{field} + " " + std::to_string(value), "1 to " + std::to_string(most),
              path_of(stage, field));
}

}  // namespace

result<stage_graph> stage_graph::make(std::vector<stage_spec> stages, std::uint32_t units) {
  stage_graph made{std::move(stages)};
  if (auto checked = made.check_stages(units); !checked) return fail(std::move(checked.error()));
  if (auto connected = made.connect(); !connected) return fail(std::move(connected.error()));
  if (auto sorted = made.sort(); !sorted) return fail(std::move(sorted.error()));
  return made;
}

std::optional<std::size_t> stage_graph::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(stages_, name, &stage_spec::name);
  if (found == stages_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - stages_.begin());
}

std::string stage_graph::names() const {
  std::string out;
  for (const auto& one : stages_) out += (out.empty() ? "" : ", ") + one.name;
  return out;
}

result<void> stage_graph::check_stages(std::uint32_t units) const {
  if (stages_.empty() || stages_.size() > most_stages)
    return fail(errc::invalid_argument, std::to_string(stages_.size()) + " stages",
                "1 to " + std::to_string(most_stages), "stages");
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const auto& one = stages_[i];
    if (!is_valid_name(one.name))
      return fail(errc::invalid_argument, "no name for a stage", "1 to 64 characters of A-Za-z0-9._-",
                  path_of(i, "name"));
    if (*find(one.name) != i)
      return fail(errc::conflict, "stages[" + std::to_string(*find(one.name)) + "] is named '" + one.name + "' too",
                  "give each stage a name of its own", path_of(i, "name"));
    if (auto checked = check_range(one.parallelism, units, i, "parallelism"); !checked) return checked;
    if (auto checked = check_range(one.ring, largest_ring, i, "ring"); !checked) return checked;
  }
  return {};
}

result<void> stage_graph::connect() {
  before_.resize(stages_.size());
  next_.resize(stages_.size());
  for (std::size_t i = 0; i < stages_.size(); ++i)
    for (std::size_t j = 0; j < stages_[i].after.size(); ++j) {
      const auto& name = stages_[i].after[j];
      const auto path = path_of(i, "after[" + std::to_string(j) + "]");
      const auto known = find(name);
      if (!known)
        return fail(errc::unknown_dependency, "no stage is named '" + name.substr(0, 64) + "'", "there are " + names(),
                    path);
      if (std::ranges::find(before_[i], *known) != before_[i].end())
        return fail(errc::conflict, "'" + name + "' is named twice", "name each stage once", path);
      before_[i].push_back(*known);
      next_[*known].push_back(i);
    }
  return {};
}

result<void> stage_graph::sort() {
  std::vector<std::size_t> open(stages_.size());
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    open[i] = before_[i].size();
    if (open[i] == 0) order_.push_back(i);
  }
  const auto firsts = order_.size();
  for (std::size_t at = 0; at < order_.size(); ++at)
    for (const auto one : next_[order_[at]])
      if (--open[one] == 0) order_.push_back(one);
  if (order_.size() < stages_.size())
    return fail(errc::cyclic_dependency, cycle(open), "remove one of these from an `after`", "stages");
  if (firsts > 1)
    return fail(errc::invalid_argument,
                "'" + stages_[order_[0]].name + "' and '" + stages_[order_[1]].name + "' come after no stage",
                "let all begin at one first stage", path_of(order_[1], "after"));
  return {};
}

/// Every stage that could not be sorted comes after one that could not: following those leads round a cycle.
std::string stage_graph::cycle(const std::vector<std::size_t>& open) const {
  const auto is_open = [&](std::size_t stage) { return open[stage] > 0; };
  std::vector<std::size_t> path;
  std::size_t at = 0;
  while (!is_open(at)) ++at;
  while (std::ranges::find(path, at) == path.end()) {
    path.push_back(at);
    at = *std::ranges::find_if(before_[at], is_open);
  }
  path.erase(path.begin(), std::ranges::find(path, at));
  std::string out = stages_[at].name;
  for (auto one = path.rbegin(); one != path.rend(); ++one) out += " -> " + stages_[*one].name;
  return out;
}

}  // namespace dunlin
