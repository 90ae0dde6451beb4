// SPDX-License-Identifier: Apache-2.0
// What clients ask of a swarm, as commands to its orchestrator and reads of its store.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/swarm/orchestrator.hpp"
#include "actors/swarm/store_lister.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

class DUNLIN_EXPORT swarm_service final : public service {
 public:
  /// `shut_down` is called once per request to end the swarm.
  swarm_service(caf::actor_system& system, orchestrator_handle leader, std::shared_ptr<store_port> store,
                std::function<void()> shut_down);
  ~swarm_service() override;
  swarm_service(const swarm_service&) = delete;
  swarm_service& operator=(const swarm_service&) = delete;

  void submit(std::vector<task_spec> batch, completion<std::vector<submit_answer>> done) override;
  void find(task_id id, completion<task_record> done) override;
  void list(task_filter filter, completion<std::vector<task_record>> done) override;
  void events(task_id id, std::uint64_t after, std::uint32_t limit, completion<std::vector<task_event>> done) override;
  void cancel(task_id id, completion<task_record> done) override;
  void erase(std::vector<task_id> ids, completion<std::uint64_t> done) override;
  void explain(task_id id, completion<task_explanation> done) override;
  void nodes(completion<std::vector<node_view>> done) override;
  void agents(completion<std::vector<agent_view>> done) override;
  void devices(completion<std::vector<device_view>> done) override;
  void locks(completion<std::vector<lock_view>> done) override;
  void metrics(completion<metric_snapshot> done) override;
  void readiness(completion<std::string> done) override;
  void coordinate(std::string node, coordinate_order order, completion<void> done) override;
  void drain(std::string node, completion<void> done) override;
  void shut_down(completion<void> done) override;

 private:
  template <class T, class Read>
  void ask(completion<T> done, Read read);

  orchestrator_handle leader_;
  std::shared_ptr<store_port> store_;
  store_lister_handle lister_;
  std::shared_ptr<std::atomic<std::uint32_t>> listing_ = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::function<void()> shut_down_;
};

}  // namespace dunlin
