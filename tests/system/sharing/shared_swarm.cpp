// SPDX-License-Identifier: Apache-2.0
#include "tests/system/sharing/shared_swarm.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"

namespace dunlin::test {

using cli::field_of;
using cli::number_of;

bool shared_swarm::coordinate(const std::string& pattern, const words& more) const {
  words verb{"gpu", "coordinate", "b/0", "--pattern", pattern};
  verb.insert(verb.end(), more.begin(), more.end());
  return run(std::move(verb)).code == 0 && eventually([&] { return this->pattern() == pattern; });
}

std::string shared_swarm::pattern() const { return field_of<std::string>(device_of_b(), "pattern"); }

bool shared_swarm::submit(const sharing_task& task) const {
  const auto path = mark(task.name + ".json");
  std::ofstream{path} << R"({"kind": ")" << task.kind << R"(", "name": ")" << task.name << R"(", "payload": ")"
                      << (task.kind == "steady" ? stop_file() : task.payload) << R"(", "priority": )" << task.priority
                      << R"(, "sharing": "time_sliced", "capabilities": [")" << task.capability
                      << R"("], "timeout_ms": )" << task.timeout_s * 1'000
                      << R"(, "resources": {"cpu_milli": 200}, "retry": {"max_retries": )" << task.retries << "}}";
  return run({"submit", path}).code == 0;
}

json::object shared_swarm::device_of_b() const {
  for (const auto& one : field_of<json::array>(ask({"gpu", "list"}), "devices"))
    if (const auto* fields = std::get_if<json::object>(&one.data))
      if (field_of<std::string>(*fields, "node") == "b") return *fields;
  return {};
}

std::string shared_swarm::state_at_device(int priority) const {
  for (const auto& one : field_of<json::array>(ask({"gpu", "leases"}), "leases"))
    if (const auto* lease = std::get_if<json::object>(&one.data))
      if (field_of<std::string>(*lease, "node") == "b" && number_of<int>(*lease, "priority") == priority)
        return field_of<std::string>(*lease, "state");
  return {};
}

std::string shared_swarm::read_mark(const std::string& name) const { return content_of(mark(name)); }

void shared_swarm::stop_all() const { std::ofstream{stop_file()} << "stop"; }

int shared_swarm::at_device() const {
  const auto device = device_of_b();
  return number_of<int>(device, "holders") + number_of<int>(device, "waiting");
}

int shared_swarm::alarms() const {
  int sum = 0;
  for (const auto& one : field_of<json::array>(ask({"gpu", "list"}), "devices"))
    if (const auto* fields = std::get_if<json::object>(&one.data)) sum += number_of<int>(*fields, "alarms");
  return sum;
}

std::string shared_swarm::end_of(const std::string& task) const {
  run({"task", "wait", task});
  const auto record = ask({"task", "info", task});
  return field_of<std::string>(record, "state") + ", " + std::to_string(number_of<int>(record, "attempt")) + ", " +
         field_of<std::string>(record, "output");
}

}  // namespace dunlin::test
