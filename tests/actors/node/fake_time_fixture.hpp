// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/node/node_fixture.hpp"
#include "tests/support/fake_device.hpp"

namespace dunlin::testing {

/// A node on one thread: actors, device and time move only when the test says so, in the same order every time.
class FakeTimeFixture : public ::testing::Test {
 protected:
  FakeTimeFixture();
  ~FakeTimeFixture() override;

  /// Starts a node of `work` and `quick` agents on the fake device, with the defaults of its configuration.
  void start(std::uint32_t instances = 2);

  /// Runs actors and steps until nothing is left to do at this moment.
  void settle();

  /// Runs actors only; steps stay on the device.
  void settle_actors();

  /// Lets time pass in steps of 10 ms, settling after each. Returns how many timers rang.
  std::size_t pass(duration time);

  /// Lets time pass at once, as if the machine had slept.
  void jump(duration time);

  task_id grant(const grant_options& what);

  /// The order has arrived; nothing has been done about it.
  void cancel(const task_id& task);

  static grant_options a_task(std::string payload, milliseconds timeout = milliseconds{120'000});
  std::vector<heartbeat> beats() const;

  /// The time that deadlines count in.
  [[nodiscard]] wall_ms wall() const;
  [[nodiscard]] bool has_ended(const task_id& task) const;
  [[nodiscard]] task_outcome outcome_of(const task_id& task) const;

  /// The queue of the agent that was started first, or second, and so on.
  static std::uint64_t queue_of(std::uint32_t agent) { return (std::uint64_t{1} << 32) | agent; }

  std::shared_ptr<recording_leader> leader = std::make_shared<recording_leader>();
  std::shared_ptr<recording_events> events = std::make_shared<recording_events>();
  std::shared_ptr<fake_device> device = std::make_shared<fake_device>();
  std::shared_ptr<fake_device> gpu;  ///< the node's second device; null = it has one
  std::unique_ptr<local_node> node;
  std::function<void(local_node_config&)> adjust;  ///< of the configuration that `start` uses; may be empty
  bool steps_run = true;                           ///< false: `settle` leaves steps on the device

 private:
  struct caf_parts;
  std::size_t run_steps();
  std::unique_ptr<caf_parts> caf_;
  std::uint32_t grants_ = 0;
};

}  // namespace dunlin::testing
