// SPDX-License-Identifier: Apache-2.0
// Three nodes, each with a device of two units; tasks of tests share that of node b.
#pragma once

#include <string>

#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {

/// What a task of a test asks for.
struct sharing_task {
  std::string name;
  std::string kind = "steady";
  std::string payload = {};
  int priority = 5;  ///< the leases do not name tasks: a test knows its own by their priority
  int retries = 0;
  int timeout_s = 100;
  std::string capability = "shared";  ///< node b has it
};

class shared_swarm : public swarm_rig {
 public:
  shared_swarm() : swarm_rig(DUNLIN_TALKING_PROGRAM) {}

  bool up() { return swarm_rig::up({"--node", "a", "--node", "b:shared", "--node", "c:apart", "--workers", "2"}); }

  /// Shares the device of node b so, and waits until it is.
  bool coordinate(const std::string& pattern, const words& more = {}) const;

  /// How node b's device is shared now.
  [[nodiscard]] std::string pattern() const;

  /// Returns whether it was accepted. Everything is known by its name.
  bool submit(const sharing_task& task) const;

  /// Where the agent of this priority stands at node b's device: `holding`, `waiting`, …; empty if it does not.
  [[nodiscard]] std::string state_at_device(int priority) const;

  /// What somebody wrote there; empty if nobody has.
  [[nodiscard]] std::string read_mark(const std::string& name) const;
  [[nodiscard]] std::string mark(const std::string& name) const { return state_dir() + "/" + name; }

  /// The steady ones end.
  void stop_all() const;
  [[nodiscard]] std::string stop_file() const { return mark("stop"); }

  /// How many agents have or want a share of node b's device.
  [[nodiscard]] int at_device() const;

  /// The alarms that the devices have raised.
  [[nodiscard]] int alarms() const;

  /// Waits for the task's end; returns `state, attempts, output`.
  [[nodiscard]] std::string end_of(const std::string& task) const;

 private:
  [[nodiscard]] json::object device_of_b() const;
};

}  // namespace dunlin::test
