// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/swarm_service.hpp"

#include <gtest/gtest.h>

#include <future>

namespace dunlin {
namespace {

constexpr auto patience = std::chrono::seconds{20};

/// Its lists wait until they are let go.
class slow_store final : public store_port {
 public:
  void commit(transaction&&, completion<void> done) override { done({}); }
  result<void> visit_all(const std::function<void(task_record&&)>&) override { return {}; }
  result<task_record> find(const task_id& id) override {
    task_record out;
    out.id = id;
    return out;
  }
  result<std::vector<task_record>> list(const task_filter&) override {
    may_list_.get_future().wait();
    return std::vector<task_record>(3);
  }
  result<std::vector<task_event>> events(const task_id&, std::uint64_t, std::uint32_t) override {
    return std::vector<task_event>(2);
  }
  result<std::uint32_t> next_term() override { return 1; }

  void let_go() { may_list_.set_value(); }

 private:
  std::promise<void> may_list_;
};

TEST(SwarmService, AListThatTakesLongHoldsUpNobodyElse) {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  caf::actor_system system{config};
  const auto store = std::make_shared<slow_store>();
  swarm_service service{system, orchestrator_handle{}, store, [] {}};
  std::promise<std::size_t> listed;
  auto all = listed.get_future();

  service.list({}, [&](auto answer) { listed.set_value(answer->size()); });
  bool found = false;
  service.find({1, 2}, [&](auto answer) { found = answer.has_value(); });
  std::size_t events = 0;
  service.events({1, 2}, 0, 10, [&](auto answer) { events = answer->size(); });

  EXPECT_TRUE(found);
  EXPECT_EQ(events, 2U);
  EXPECT_EQ(all.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
  store->let_go();
  ASSERT_EQ(all.wait_for(patience), std::future_status::ready);
  EXPECT_EQ(all.get(), 3U);
}

}  // namespace
}  // namespace dunlin
