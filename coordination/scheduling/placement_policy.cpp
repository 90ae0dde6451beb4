// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/placement_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "coordination/scheduling/capability.hpp"
#include "coordination/scheduling/least_loaded.hpp"
#include "coordination/scheduling/round_robin.hpp"

namespace dunlin {

namespace {

using factory = std::unique_ptr<placement_policy> (*)(const worker_index&);

template <class Policy>
std::unique_ptr<placement_policy> make(const worker_index& workers) {
  return std::make_unique<Policy>(workers);
}

constexpr std::array<std::string_view, 3> names{"round_robin", "least_loaded", "capability"};
constexpr std::array<factory, names.size()> factories{make<round_robin>, make<least_loaded>, make<capability>};

std::string rejection(const worker_index& workers, shape_id shape, worker_slot worker) {
  const auto& status = workers.status(worker);
  if (!workers.eligible(shape).contains(worker)) return "cannot run this shape";
  if (!status.open) return "takes no new work";
  if (status.load >= status.capacity)
    return "full: " + std::to_string(status.load) + " of " + std::to_string(status.capacity);
  return {};
}

std::string known_names() {
  std::string out;
  for (const auto name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace

std::vector<candidate> placement_policy::explain(shape_id shape) const {
  std::vector<candidate> out;
  workers().workers().for_each([&](worker_slot worker) {
    auto why = rejection(workers(), shape, worker);
    const auto eligible = why.empty();
    out.push_back({worker, eligible, eligible ? score(shape, worker) : 0.0, std::move(why)});
  });
  std::ranges::stable_sort(out, [](const candidate& a, const candidate& b) {
    return std::pair{!a.eligible, a.score} < std::pair{!b.eligible, b.score};
  });
  return out;
}

std::span<const std::string_view> policy_names() noexcept { return names; }

result<std::unique_ptr<placement_policy>> make_policy(std::string_view name, const worker_index& workers) {
  const auto at = std::ranges::find(names, name);
  if (at == names.end())
    return fail(errc::invalid_argument, "no placement policy is called '" + std::string{name} + "'",
                "known policies: " + known_names());
  return factories[static_cast<std::size_t>(at - names.begin())](workers);
}

}  // namespace dunlin
