// SPDX-License-Identifier: Apache-2.0
// A leader and some nodes in virtual time: the decision objects of a cluster, with a clock, links and agents that are
// drawn from a seed. Links delay, break and lose what was under way; nodes die and come back as new lives; the store
// refuses what the leader decided.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/orchestration/orchestration.hpp"
#include "tests/coordination/orchestration/running_handlers.hpp"
#include "tests/coordination/tasks/task_words.hpp"

namespace dunlin::sim {

struct sim_options {
  std::uint64_t seed = 1;
  std::uint32_t nodes = 3;
  std::uint32_t agents = 2;  ///< per node
  double failing = 0;        ///< share of attempts whose handler fails
  double crashing = 0;       ///< share of attempts whose handler crashes
  double hanging = 0;        ///< share of attempts that never end by themselves
  double refusing = 0;       ///< share of transactions that the store refuses
  duration longest_run = 40ms;
};

class sim_swarm {
 public:
  explicit sim_swarm(const sim_options& options);

  std::vector<task_id> submit(std::vector<task_spec> batch);
  void cancel(const task_id& id);

  /// The node's process is gone; another life of it joins after `pause`.
  void kill_node(std::uint32_t index, duration pause);

  /// The link is lost and stands again after `pause`; the node lives on.
  void break_link(std::uint32_t index, duration pause);

  /// The store refuses every transaction in which a task ends, until told otherwise.
  void refuse_ends(bool refuse) noexcept { refuse_ends_ = refuse; }

  /// Lets time pass.
  void run_for(duration time);

  /// Lets time pass until every task has ended, at most `longest`. Returns whether they have.
  bool run_until_done(duration longest);

  /// How often each task has ended: exactly once, or the swarm is broken.
  [[nodiscard]] const std::map<task_id, int>& ends() const noexcept { return ends_; }
  [[nodiscard]] const kept_tasks& stored() const noexcept { return stored_; }
  [[nodiscard]] const std::map<task_id, std::vector<fencing_token>>& grants() const noexcept { return grants_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  [[nodiscard]] orchestration& leader() noexcept { return *leader_; }
  [[nodiscard]] instant now() const noexcept { return {now_, wall_}; }
  [[nodiscard]] std::uint64_t random(std::uint64_t below) { return random_() % below; }
  /// Which handlers ran beside another one that named the same lock, in words.
  [[nodiscard]] const std::vector<std::string>& overlaps() const noexcept { return handlers_.overlaps(); }
  [[nodiscard]] const std::vector<std::uint64_t>& told_ended() const noexcept { return told_ended_; }

 private:
  struct node {
    std::string name;
    incarnation life;
    std::unique_ptr<node_dispatch> dispatch;
    std::uint64_t link = 0;  ///< number of the connection; 0 = none
    bool alive = false;
    std::uint64_t beats = 0;
  };

  struct event {
    time_point at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator>(const event& other) const noexcept { return at != other.at ? at > other.at : order > other.order; }
  };

  void after(duration delay, std::function<void()> what);
  [[nodiscard]] duration some_delay(duration longest);
  void start_node(std::uint32_t index);
  void connect(std::uint32_t index);
  void disconnect(std::uint32_t index, bool reaped);
  void beat(std::uint32_t index, incarnation life);
  void tick_node(std::uint32_t index, incarnation life);
  void tick_leader();

  void decide(const std::function<void(leader_effects&)>& call);
  void perform(leader_action&& action);
  void note(const transaction& commit);
  [[nodiscard]] bool refuses(const transaction& commit);
  void roll_back(leader_effects&& undone);
  void to_node(incarnation life, std::function<void(node&, node_effects&)> call);
  void to_leader(std::uint32_t index, std::function<void(incarnation, leader_effects&)> call);
  void perform_node(std::uint32_t index, node_effects&& effects);
  void run_task(std::uint32_t index, start_task&& start);
  void decide_node(std::uint32_t index, incarnation life, const std::function<void(node&, node_effects&)>& call);

  sim_options options_;
  std::mt19937_64 random_;
  time_point now_{std::chrono::seconds{1}};
  wall_ms wall_ = 1'000'000;
  std::uint64_t order_ = 0;
  std::uint64_t links_ = 0;
  std::uint64_t lives_ = 0;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::unique_ptr<orchestration> leader_;
  std::vector<node> nodes_;
  std::map<task_id, int> ends_;
  running_handlers handlers_;
  kept_tasks stored_;
  std::map<task_id, std::vector<fencing_token>> grants_;
  std::vector<std::uint64_t> told_ended_;
  result<std::vector<submit_answer>> answer_;
  bool refuse_ends_ = false;
  std::uint64_t refused_ = 0;
};

}  // namespace dunlin::sim
