// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/swarm_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

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
  result<std::vector<task_record>> list(const task_filter& filter) override {
    if (filter.kind == "throw") throw std::runtime_error("out of everything");
    let_go_.wait();
    return std::vector<task_record>(3);
  }
  result<std::vector<task_event>> events(const task_id&, std::uint64_t, std::uint32_t) override {
    return std::vector<task_event>(2);
  }
  result<std::uint32_t> next_term() override { return 1; }

  void let_go() { may_list_.set_value(); }

 private:
  std::promise<void> may_list_;
  std::shared_future<void> let_go_ = may_list_.get_future().share();
};

class SwarmService : public testing::Test {
 protected:
  static caf::actor_system_config& with_the_policy_of_nodes(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("sharing"));
    return config;
  }

  caf::actor_system_config config;
  caf::actor_system system{with_the_policy_of_nodes(config)};
  std::shared_ptr<slow_store> store = std::make_shared<slow_store>();
  swarm_service service{system, orchestrator_handle{}, store, [] {}};
};

TEST_F(SwarmService, AListThatThrowsIsNotTheLast) {
  task_filter odd;
  odd.kind = "throw";
  std::promise<errc> first;
  service.list(odd, [&](auto answer) { first.set_value(answer.error().code); });
  EXPECT_EQ(first.get_future().get(), errc::store_unavailable);

  store->let_go();
  std::promise<bool> second;
  service.list({}, [&](auto answer) { second.set_value(answer.has_value()); });
  EXPECT_TRUE(second.get_future().get());
}

TEST_F(SwarmService, RefusesListsThatWouldPileUp) {
  std::atomic<int> answered = 0;
  std::promise<void> all;
  for (int i = 0; i < 64; ++i)
    service.list({}, [&](auto) {
      if (++answered == 64) all.set_value();
    });
  errc refused = errc::none;
  service.list({}, [&](auto answer) { refused = answer.error().code; });
  EXPECT_EQ(refused, errc::overloaded);

  store->let_go();
  ASSERT_EQ(all.get_future().wait_for(patience), std::future_status::ready);
  std::promise<bool> again;
  service.list({}, [&](auto answer) { again.set_value(answer.has_value()); });
  EXPECT_TRUE(again.get_future().get());
}

TEST_F(SwarmService, AListThatTakesLongHoldsUpNobodyElse) {
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
