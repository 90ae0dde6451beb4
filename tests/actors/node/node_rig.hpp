// SPDX-License-Identifier: Apache-2.0
// One node with everything around it: a leader that records, a wire to other nodes, a processor with real threads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/actors/node/recording_leader.hpp"

namespace dunlin::testing {

/// Carries what nodes of one test say to each other, through the codec as a link would.
class node_wire final : public peer_channel, public std::enable_shared_from_this<node_wire> {
 public:
  result<void> send(const std::string& node, agent_traffic&& message) override;
  result<void> send(const std::string& node, sharing_traffic&& message) override;

  /// What `name` sends from now on comes from this life of it.
  std::shared_ptr<peer_channel> end_of(std::string name, incarnation life);
  void plug(const std::string& name, local_node* node);

  /// Nothing reaches `name` any more; the others are told.
  void cut(const std::string& name, incarnation life);

  /// From now on `name` receives nothing, and nobody is told.
  void swallow(const std::string& name);

  /// From now on no answer with a body goes over the wire, as if all were too large.
  void refuse_answers();

  /// Waits until something was lost in this way.
  bool wait_for_swallowed();

 private:
  friend class wire_end;
  result<void> carry(const std::string& from, incarnation life, const std::string& to, agent_traffic&& message);
  result<void> carry(incarnation life, const std::string& to, sharing_traffic&& message);

  std::mutex mutex_;
  std::map<std::string, local_node*> nodes_;
  std::string swallowed_;
  bool refuses_answers_ = false;
  std::condition_variable lost_;
  bool has_lost_ = false;
};

class recording_events final : public node_events {
 public:
  void on_drained() override;
  void on_broken(std::string why) override;

  bool wait_drained();

  /// Returns what was said, empty if nothing was within `patience`.
  std::string wait_broken();

  [[nodiscard]] bool is_drained();
  [[nodiscard]] bool is_broken();

 private:
  std::mutex mutex_;
  std::condition_variable happened_;
  bool drained_ = false;
  std::string broken_;
};

/// A grant in the making.
struct grant_options {
  std::string kind = "work";
  std::string payload = {};
  milliseconds timeout{120'000};
  std::uint8_t priority = 5;
  bool device = false;              ///< asks for the exclusive lease of a device
  std::uint32_t gpu_milli = 1'000;  ///< of it
  std::uint64_t device_bytes = 0;
  wall_ms deadline = 0;
  std::int32_t on = -1;  ///< the device it names; -1 = any
  std::uint64_t host_bytes = 0;
  std::string checkpoint = {};
  std::uint32_t attempt = 1;
  std::vector<task_reservation> reserved = {};
  std::vector<resources> variants = {};
};

/// Returns a batch of this one grant.
grant_batch make_grant(const grant_options& what, const task_id& id, fencing_token epoch);

struct rig_options {
  std::string name = "alpha";
  std::optional<incarnation> life;  ///< empty = derived from the name
  std::vector<agent_kind> kinds;
  std::uint32_t workers = 2;
  std::function<void(local_node_config&)> adjust;  ///< may be empty
  std::shared_ptr<node_wire> wire;                 ///< empty = one of its own
  std::shared_ptr<device_port> device;             ///< empty = a processor with `workers` threads
};

class node_rig {
 public:
  node_rig(caf::actor_system& system, rig_options options);
  ~node_rig();

  /// Grants a task; its id is unique within the test.
  task_id grant(const grant_options& what);

  /// Grants a task and waits for its outcome.
  task_outcome run(const grant_options& what) { return leader->outcome_of(grant(what)); }
  task_outcome run(const std::string& kind, const std::string& payload);

  void cancel(const task_id& task, errc why = errc::cancelled);

  /// The leader wants the device shared so.
  void coordinate(const share_options& options);

  /// The node dies for everyone else: its wire is cut and it is destroyed.
  void die();

  [[nodiscard]] incarnation life() const noexcept { return life_; }

  std::shared_ptr<recording_leader> leader = std::make_shared<recording_leader>();
  std::shared_ptr<recording_events> events = std::make_shared<recording_events>();
  std::shared_ptr<device_port> device;
  std::unique_ptr<local_node> node;

 private:
  std::string name_;
  std::string work_root_;
  incarnation life_;
  std::shared_ptr<node_wire> wire_;
  std::uint64_t grants_ = 0;
};

}  // namespace dunlin::testing
