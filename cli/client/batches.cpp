// SPDX-License-Identifier: Apache-2.0
#include "cli/client/batches.hpp"

#include <algorithm>
#include <random>
#include <unordered_map>

#include "coordination/tasks/validation.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

using positions = std::vector<std::size_t>;

std::unordered_map<std::string, std::size_t> by_name(const std::vector<task_spec>& specs) {
  std::unordered_map<std::string, std::size_t> out;
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (!specs[i].name.empty()) out.emplace(specs[i].name, i);
  return out;
}

/// Every spec after those it depends on, otherwise as given. Source: Kahn, CACM 1962.
result<positions> in_order(const std::vector<task_spec>& specs) {
  const auto names = by_name(specs);
  std::vector<std::size_t> open(specs.size());
  std::vector<positions> dependents(specs.size());
  for (std::size_t i = 0; i < specs.size(); ++i)
    for (const auto& needed : specs[i].depends_on)
      if (const auto at = names.find(needed); at != names.end()) {
        ++open[i];
        dependents[at->second].push_back(i);
      }
  positions out;
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (open[i] == 0) out.push_back(i);
  for (std::size_t at = 0; at < out.size(); ++at)
    for (const auto next : dependents[out[at]])
      if (--open[next] == 0) out.push_back(next);
  if (out.size() == specs.size()) return out;
  std::string stuck;
  for (std::size_t i = 0; i < specs.size() && stuck.size() < 200; ++i)
    if (open[i] > 0)
      (stuck += stuck.empty() ? "" : ", ") += specs[i].name.empty() ? "#" + std::to_string(i) : specs[i].name;
  return fail(errc::cyclic_dependency, "these wait for each other or for a task that does: " + stuck,
              "remove one of their depends_on");
}

/// Says how far a submission of several calls came.
error partly(error why, std::size_t accepted, std::size_t all) {
  if (accepted > 0)
    why.context += " (" + std::to_string(accepted) + " of " + std::to_string(all) + " tasks were accepted before)";
  return why;
}

bool may_be_lost(errc code) { return code == errc::link_down || code == errc::timeout; }

}  // namespace

result<std::vector<positions>> split_into_calls(const std::vector<task_spec>& specs, const batch_limits& limits) {
  std::vector<std::size_t> sizes;
  std::size_t all = 0;
  for (const auto& spec : specs) all += sizes.emplace_back(json::to_json(spec).size() + 2);
  positions order(specs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (specs.size() <= limits.tasks && all <= limits.bytes) return std::vector<positions>{std::move(order)};
  auto sorted = in_order(specs);
  if (!sorted) return fail(sorted.error());
  std::vector<positions> out;
  std::size_t filled = limits.bytes;
  for (const auto at : *sorted) {
    if (sizes[at] > limits.bytes)
      return fail(errc::too_large, "the task takes " + std::to_string(sizes[at]) + " bytes of JSON",
                  "at most " + std::to_string(limits.bytes) + " bytes", "tasks[" + std::to_string(at) + "]");
    if (filled + sizes[at] > limits.bytes || out.back().size() == limits.tasks) {
      out.emplace_back();
      filled = 0;
    }
    out.back().push_back(at);
    filled += sizes[at];
  }
  return out;
}

void add_keys(std::vector<task_spec>& specs, const std::string& prefix) {
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (specs[i].idempotency_key.empty()) specs[i].idempotency_key = prefix + "-" + std::to_string(i);
}

result<std::vector<submit_answer>> submit_all(net::http_client& swarm, std::vector<task_spec> specs) {
  std::random_device random;
  add_keys(specs, "cli-" + std::to_string((std::uint64_t{random()} << 32U) | random()));
  auto calls = split_into_calls(specs);
  if (!calls) return fail(calls.error());
  // Of several calls, the last one may be refused when the first are accepted: look at every spec before.
  if (calls->size() > 1)
    for (std::size_t i = 0; i < specs.size(); ++i)
      if (auto valid = validate(specs[i], "tasks[" + std::to_string(i) + "]"); !valid) return fail(valid.error());
  const auto names = by_name(specs);
  std::vector<submit_answer> out(specs.size());
  std::size_t accepted = 0;
  for (const auto& call : *calls) {
    std::vector<task_spec> batch;
    for (const auto at : call) {
      for (auto& needed : specs[at].depends_on)
        if (const auto known = names.find(needed); known != names.end() && out[known->second].id)
          needed = to_string(out[known->second].id);
      batch.push_back(specs[at]);
    }
    auto answers = swarm.submit(batch);
    if (!answers && may_be_lost(answers.error().code)) answers = swarm.submit(batch);
    if (!answers) return fail(partly(answers.error(), accepted, specs.size()));
    for (std::size_t i = 0; i < call.size() && i < answers->size(); ++i) out[call[i]] = (*answers)[i];
    accepted += call.size();
  }
  return out;
}

}  // namespace dunlin::cli
