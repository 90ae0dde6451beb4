// SPDX-License-Identifier: Apache-2.0
// Runs the flight's tasks without a swarm: one after the other, on the calling thread.
#pragma once

#include <memory_resource>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "coordination/tasks/task_record.hpp"
#include "examples/flight/agents/flight_kinds.hpp"
#include "examples/flight/plan.hpp"

namespace dunlin::flight {

/// A host that notes what a handler reports, and cancels it after so many reports.
class noting_host final : public task_host {
 public:
  static constexpr std::size_t never = ~std::size_t{0};

  explicit noting_host(std::size_t cancel_after = never) : cancel_after_(cancel_after) {}

  void report(const task_progress& progress) override { reports.push_back(progress); }
  [[nodiscard]] bool cancelled() const noexcept override { return reports.size() >= cancel_after_; }
  [[nodiscard]] time_point now() const noexcept override { return {}; }
  result<bytes> call(const agent_address&, std::string, bytes, milliseconds) override {
    return fail(errc::unreachable);
  }
  result<agent_address> find_agent(std::string, std::string, bool) override { return fail(errc::unreachable); }
  void save_checkpoint(bytes) override {}
  result<std::optional<device_lease>> next_step() override { return std::nullopt; }
  [[nodiscard]] share_use used() const override { return {}; }

  std::vector<task_progress> reports;

 private:
  std::size_t cancel_after_;
};

/// Has a fresh agent of `kind` handle one payload.
inline result<bytes> handle_one(const std::string& kind, bytes payload, task_host& host) {
  for (const auto& known : flight_kinds()) {
    if (known.name != kind) continue;
    task_context task{{}, std::move(payload), host, *std::pmr::get_default_resource()};
    return known.make()->handle(task);
  }
  return fail(errc::unknown_kind, kind);
}

/// Runs one task. Returns what a swarm would have stored.
inline task_record fly_alone(const task_spec& task) {
  noting_host host;
  auto answer = handle_one(task.shape.kind, task.payload, host);
  task_record out;
  out.spec = task;
  out.status.state = answer ? task_state::succeeded : task_state::failed;
  if (answer)
    out.status.output = std::move(*answer);
  else
    out.status.why = to_string(answer.error());
  return out;
}

/// Runs a plan in its order, in which every task comes after those it depends on.
inline std::vector<task_record> fly_serially(const std::vector<task_spec>& plan) {
  std::vector<task_record> out;
  out.reserve(plan.size());
  for (const auto& task : plan) out.push_back(fly_alone(task));
  return out;
}

/// The project's own documents, the licences and the digits, with `directory` for what the steps leave.
inline flight_places places_in(const std::string& directory) {
  return {DUNLIN_PROJECT "/examples/flight/data/digits.csv.gz", flight_corpus(DUNLIN_PROJECT), directory};
}

}  // namespace dunlin::flight
