// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/batch_plan.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace dunlin {

namespace {

using name_map = std::unordered_map<std::string_view, std::uint32_t>;

/// A longer cycle is cut in its report.
constexpr std::size_t max_named = 16;

std::string path_of(std::size_t member, std::string_view field) {
  return "tasks[" + std::to_string(member) + "]." + std::string{field};
}

result<name_map> map_names(std::span<const task_spec> batch) {
  name_map names;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (batch[i].name.empty()) continue;
    const auto [known, added] = names.try_emplace(batch[i].name, i);
    if (!added)
      return fail(errc::conflict, "tasks[" + std::to_string(known->second) + "] is named '" + batch[i].name + "' too",
                  "names are unique within a batch", path_of(i, "name"));
  }
  return names;
}

result<void> check_keys(std::span<const task_spec> batch) {
  std::unordered_set<std::string_view> keys;
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (!batch[i].idempotency_key.empty() && !keys.insert(batch[i].idempotency_key).second)
      return fail(errc::duplicate_key, "'" + batch[i].idempotency_key + "' is the key of an earlier task of the batch",
                  "give each task a key of its own", path_of(i, "idempotency_key"));
  return {};
}

result<batch_dependency> resolve(const std::string& wanted, const name_map& names) {
  if (const auto known = names.find(wanted); known != names.end()) return batch_dependency{known->second, {}};
  if (const auto id = parse_task_id(wanted)) return batch_dependency{batch_dependency::outside, *id};
  return fail(errc::unknown_dependency, "no task of the batch is named '" + wanted + "' and it is not a task id",
              "name a task of the same batch, or give the id of an earlier one");
}

result<void> resolve_all(std::span<const task_spec> batch, const name_map& names, batch_plan& plan) {
  plan.of.resize(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i)
    for (std::size_t j = 0; j < batch[i].depends_on.size(); ++j) {
      auto found = resolve(batch[i].depends_on[j], names);
      if (!found) {
        found.error().path = path_of(i, "depends_on[" + std::to_string(j) + "]");
        return fail(std::move(found.error()));
      }
      plan.of[i].push_back(*found);
    }
  return {};
}

/// Fills `plan.order` as far as it goes: short of the whole batch if there is a cycle. Returns how many dependencies of
/// each member are not in the order.
std::vector<std::uint32_t> sort(batch_plan& plan) {
  const auto count = plan.of.size();
  std::vector<std::uint32_t> open(count, 0);
  std::vector<std::vector<std::uint32_t>> dependents(count);
  for (std::uint32_t i = 0; i < count; ++i)
    for (const auto& dependency : plan.of[i])
      if (dependency.member != batch_dependency::outside) {
        ++open[i];
        dependents[dependency.member].push_back(i);
      }
  for (std::uint32_t i = 0; i < count; ++i)
    if (open[i] == 0) plan.order.push_back(i);
  for (std::size_t next = 0; next < plan.order.size(); ++next)
    for (const auto dependent : dependents[plan.order[next]])
      if (--open[dependent] == 0) plan.order.push_back(dependent);
  return open;
}

/// Every member with an open dependency has one that is open itself: following those must come back to a member seen.
std::vector<std::uint32_t> find_cycle(const batch_plan& plan, const std::vector<std::uint32_t>& open) {
  std::vector<std::uint32_t> path;
  std::vector<bool> seen(open.size(), false);
  auto at = static_cast<std::uint32_t>(std::ranges::find_if(open, [](auto n) { return n > 0; }) - open.begin());
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    at = std::ranges::find_if(plan.of[at], [&](const batch_dependency& dependency) {
           return dependency.member != batch_dependency::outside && open[dependency.member] > 0;
         })->member;
  }
  path.erase(path.begin(), std::ranges::find(path, at));
  return path;
}

std::string describe(std::span<const task_spec> batch, const std::vector<std::uint32_t>& cycle) {
  std::string text;
  for (std::size_t i = 0; i < std::min(cycle.size(), max_named); ++i) text += batch[cycle[i]].name + " -> ";
  if (cycle.size() > max_named) text += "(" + std::to_string(cycle.size() - max_named) + " more) -> ";
  return text + batch[cycle.front()].name;
}

}  // namespace

result<batch_plan> plan_batch(std::span<const task_spec> batch) {
  batch_plan plan;
  const auto names = map_names(batch);
  if (!names) return fail(names.error());
  if (auto checked = check_keys(batch); !checked) return fail(std::move(checked.error()));
  if (std::ranges::all_of(batch, [](const task_spec& spec) { return spec.depends_on.empty(); })) return plan;
  if (auto resolved = resolve_all(batch, *names, plan); !resolved) return fail(std::move(resolved.error()));
  const auto open = sort(plan);
  if (plan.order.size() == batch.size()) return plan;
  const auto cycle = find_cycle(plan, open);
  return fail(errc::cyclic_dependency, describe(batch, cycle), "remove one of these dependencies",
              path_of(cycle.front(), "depends_on"));
}

}  // namespace dunlin
