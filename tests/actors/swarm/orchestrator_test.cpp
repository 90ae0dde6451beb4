// SPDX-License-Identifier: Apache-2.0
// The leader's actor over a store that fails.
#include "actors/swarm/orchestrator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace dunlin {
namespace {

using testing::HasSubstr;

constexpr auto patience = std::chrono::seconds{20};

/// Refuses every transaction and answers every question with one error.
class failing_store final : public store_port {
 public:
  explicit failing_store(errc reading) : reading_(reading) {}
  void commit(transaction&&, completion<void> done) override {
    done(fail(errc::store_unavailable, "the disk is full"));
  }
  result<void> visit_all(const std::function<void(task_record&&)>&) override { return {}; }
  result<task_record> find(const task_id&) override { return fail(reading_, "so it is"); }
  result<std::vector<task_record>> list(const task_filter&) override { return fail(reading_, "so it is"); }
  result<std::vector<task_event>> events(const task_id&, std::uint64_t, std::uint32_t) override {
    return fail(reading_, "so it is");
  }
  result<std::uint32_t> next_term() override { return 1; }

 private:
  errc reading_;
};

class no_nodes final : public node_channel {
 public:
  void tell(incarnation, node_message&&) override {}
  void tell_all(const peer_lost&) override {}
  void cut(incarnation, const error&) override {}
};

node_report node_of_kind(const std::string& kind) {
  node_report out;
  out.node = "a";
  out.life = {1};
  out.agents = {{kind, {}, isolation_mode::thread, 1, "1"}};
  return out;
}

/// An orchestrator over a failing store that was handed one task.
class Orchestrator : public testing::Test {
 protected:
  Orchestrator() {
    // The policy that nodes run with; its queues are ones that ThreadSanitizer can follow.
    config_.set("scheduler.policy", caf::atom("sharing"));
    config_.set("scheduler.max-threads", std::size_t{2});
    system_ = std::make_unique<caf::actor_system>(config_);
  }

  void submit_over(errc reading) {
    orchestrator_parts parts;
    parts.decisions = orchestration::make({}, 1, 1).value();
    parts.store = std::make_shared<failing_store>(reading);
    parts.nodes = std::make_shared<no_nodes>();
    parts.now = [] { return instant{time_point{1s}, 1'000}; };
    parts.on_end = [this](const std::string& why) {
      if (!ended_.exchange(true)) end_.set_value(why);
    };
    leader_ = spawn_orchestrator(*system_, std::move(parts));
    caf::anon_send(leader_, said_by_node{{1}, node_of_kind("work")});
    task_spec spec;
    spec.shape.kind = "work";
    caf::anon_send(leader_, submit_command{{spec}, 0, [this](auto answer) { answer_.set_value(std::move(answer)); }});
  }

  void TearDown() override { caf::anon_send_exit(leader_, caf::exit_reason::user_shutdown); }

  /// Returns how many live tasks the leader knows.
  std::uint64_t live() {
    std::promise<std::uint64_t> known;
    caf::anon_send(leader_, leader_query{[&known](const orchestration& decisions, instant) {
                     known.set_value(decisions.tasks().live());
                   }});
    return known.get_future().get();
  }

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  orchestrator_handle leader_;
  std::atomic<bool> ended_ = false;
  std::promise<std::string> end_;
  std::promise<result<std::vector<submit_answer>>> answer_;
};

TEST_F(Orchestrator, EndsRatherThanForgetTasksOfAStoreThatCannotBeRead) {
  submit_over(errc::corrupt);

  auto end = end_.get_future();
  ASSERT_EQ(end.wait_for(patience), std::future_status::ready);
  EXPECT_THAT(end.get(), HasSubstr("the task store cannot be read: corrupt"));
  EXPECT_EQ(live(), 1U) << "nothing is forgotten on a guess";
}

TEST_F(Orchestrator, ForgetsWhatTheStoreHasNotAndSaysWhy) {
  submit_over(errc::not_found);

  auto answer = answer_.get_future();
  ASSERT_EQ(answer.wait_for(patience), std::future_status::ready);
  EXPECT_EQ(answer.get().error().code, errc::store_unavailable);
  EXPECT_EQ(live(), 0U);
  EXPECT_FALSE(ended_) << "the disk may have room again";
}

}  // namespace
}  // namespace dunlin
