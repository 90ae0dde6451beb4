// SPDX-License-Identifier: Apache-2.0
// A mesh: nodes that were introduced to each other talk without their leader.
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <thread>

#include "actors/swarm/swarm_process.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin {
namespace {

constexpr auto patience = std::chrono::seconds{20};
using clock = std::chrono::steady_clock;

/// What the test and the agent that asks share: handlers of one process run in this one.
struct meeting {
  std::promise<void> begun;
  std::promise<void> leader_is_gone;
  std::promise<result<bytes>> answer;
};
std::optional<meeting> the_meeting;

class answering_agent final : public agent {
 public:
  result<bytes> handle(task_context&) override { return bytes{}; }
  result<bytes> receive(const agent_message& message) override {
    return to_bytes("heard " + std::string{as_text(message.body)});
  }
};

class asking_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto other = task.find("answer", "c");
    // There may be a link to a node whose agents are not up yet.
    const auto until = clock::now() + patience;
    while (!other && other.error().code == errc::not_found && clock::now() < until) other = task.find("answer", "c");
    the_meeting->begun.set_value();
    the_meeting->leader_is_gone.get_future().wait_for(patience);
    the_meeting->answer.set_value(other ? task.send(*other, "greeting", to_bytes("hello"))
                                        : result<bytes>{fail(std::move(other.error()))});
    return bytes{};
  }
};

swarm_config config_of(const scratch_directory& directory, const std::string& node) {
  swarm_config out;
  out.state_dir = directory.path();
  out.run_dir = directory.path();
  out.node = node;
  out.store = "memory";
  out.shape = "mesh";
  out.http = false;
  out.workers = 2;
  out.gpus = false;
  return out;
}

std::unique_ptr<swarm_process> follower(const scratch_directory& directory, const std::string& node,
                                        const swarm_process& leader, agent_kind kind) {
  auto config = config_of(directory, node);
  config.join = "127.0.0.1:" + std::to_string(leader.link_port());
  auto started = swarm_process::start(config, {std::move(kind)});
  EXPECT_TRUE(started) << (started ? "" : to_string(started.error()));
  return started ? std::move(*started) : nullptr;
}

/// Waits for links to exactly these nodes.
testing::AssertionResult gets_links(const swarm_process& process, const std::vector<std::string>& to) {
  for (const auto until = clock::now() + patience; clock::now() < until; std::this_thread::yield())
    if (process.linked_nodes() == to) return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure() << "has links to";
  for (const auto& each : process.linked_nodes()) failure << ' ' << each;
  return failure;
}

bool submits(service& swarm, const task_spec& task) {
  for (const auto until = clock::now() + patience; clock::now() < until; std::this_thread::yield()) {
    std::promise<bool> done;
    swarm.submit({task},
                 [&done](const result<std::vector<submit_answer>>& answer) { done.set_value(answer.has_value()); });
    if (done.get_future().get()) return true;
  }
  return false;
}

TEST(Mesh, NodesTalkWithoutTheirLeader) {
  const scratch_directory directory;
  the_meeting.emplace();
  auto leader = swarm_process::start(config_of(directory, "a"), {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  const auto b = follower(directory, "b", **leader, kind_of<asking_agent>("ask"));
  const auto c = follower(directory, "c", **leader, kind_of<answering_agent>("answer"));
  ASSERT_TRUE(b && c);
  ASSERT_TRUE(gets_links(**leader, {"b", "c"}));
  ASSERT_TRUE(gets_links(*b, {"a", "c"}));
  ASSERT_TRUE(gets_links(*c, {"a", "b"}));

  task_spec ask;
  ask.shape.kind = "ask";
  ASSERT_TRUE(submits(*(*leader)->swarm(), ask));
  ASSERT_EQ(the_meeting->begun.get_future().wait_for(patience), std::future_status::ready);
  leader->reset();
  ASSERT_TRUE(gets_links(*b, {"c"}));
  the_meeting->leader_is_gone.set_value();
  auto answer = the_meeting->answer.get_future();
  ASSERT_EQ(answer.wait_for(patience), std::future_status::ready);
  const auto heard = answer.get();
  ASSERT_TRUE(heard) << to_string(heard.error());
  EXPECT_EQ(as_text(*heard), "heard hello");
}

TEST(Mesh, AStarHasLinksToTheLeaderOnly) {
  const scratch_directory directory;
  auto config = config_of(directory, "a");
  config.shape = "star";
  auto leader = swarm_process::start(config, {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  const auto b = follower(directory, "b", **leader, kind_of<answering_agent>("answer"));
  const auto c = follower(directory, "c", **leader, kind_of<answering_agent>("answer"));
  ASSERT_TRUE(b && c);
  ASSERT_TRUE(gets_links(**leader, {"b", "c"}));
  EXPECT_TRUE(gets_links(*b, {"a"}));
  EXPECT_TRUE(gets_links(*c, {"a"}));
}

TEST(Mesh, AnUnknownShapeIsRefused) {
  const scratch_directory directory;
  auto config = config_of(directory, "a");
  config.shape = "moebius";
  const auto leader = swarm_process::start(config, {});
  ASSERT_FALSE(leader);
  EXPECT_EQ(leader.error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace dunlin
