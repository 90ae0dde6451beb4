// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/task_state.hpp"

#include <array>
#include <string>

namespace dunlin {

namespace {

constexpr std::array<std::string_view, 9> state_names{"pending", "leased",    "running", "backoff", "succeeded",
                                                      "failed",  "cancelled", "expired", "dead"};
constexpr std::array<std::string_view, 6> reason_names{"none",     "dependencies", "not_before",
                                                       "capacity", "no_node",      "locks"};
constexpr std::array<std::string_view, 18> transition_names{"none",
                                                            "submit",
                                                            "grant",
                                                            "start",
                                                            "renew",
                                                            "succeed",
                                                            "lease_lost",
                                                            "fail",
                                                            "fail_last",
                                                            "poison",
                                                            "cancel",
                                                            "cancel_requested",
                                                            "expire",
                                                            "adopt",
                                                            "drain",
                                                            "resume",
                                                            "dependency_failed",
                                                            "requeue"};

template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "unknown";
}

}  // namespace

std::string_view to_string(task_state state) noexcept { return name_in(state_names, state); }
std::string_view to_string(pending_reason reason) noexcept { return name_in(reason_names, reason); }
std::string_view to_string(transition which) noexcept { return name_in(transition_names, which); }

result<task_state> parse_task_state(std::string_view name) {
  if (name == "completed") return task_state::succeeded;
  if (name == "processing") return task_state::running;
  if (name == "queued") return task_state::pending;
  for (std::size_t i = 0; i < state_names.size(); ++i)
    if (state_names[i] == name) return static_cast<task_state>(i);
  return fail(errc::invalid_argument, "'" + std::string{name} + "' is not a task state",
              "use pending, leased, running, backoff, succeeded, failed, cancelled, expired or dead");
}

}  // namespace dunlin
