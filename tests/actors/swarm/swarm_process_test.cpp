// SPDX-License-Identifier: Apache-2.0
// Whole processes of a swarm, two of them in this one: what a client sees.
#include "actors/swarm/swarm_process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "tests/support/scratch_directory.hpp"

namespace dunlin {
namespace {

constexpr auto patience = std::chrono::seconds{20};

template <class T, class Call>
result<T> wait_for(Call call) {
  auto promised = std::make_shared<std::promise<result<T>>>();
  auto answer = promised->get_future();
  call([promised](result<T> value) { promised->set_value(std::move(value)); });
  if (answer.wait_for(patience) != std::future_status::ready) return fail(errc::timeout, "the test waited too long");
  return answer.get();
}

swarm_config config_in(const std::string& directory, const std::string& node) {
  swarm_config out;
  out.state_dir = directory;
  out.run_dir = directory;
  out.node = node;
  out.store = "memory";
  out.http = false;
  out.workers = 2;
  out.gpus = false;
  return out;
}

task_spec task_of(const std::string& kind, const std::string& payload) {
  task_spec out;
  out.shape.kind = kind;
  const auto raw = as_bytes(payload);
  out.payload.assign(raw.begin(), raw.end());
  return out;
}

/// Waits until the task has ended. The deadline bounds the wait; the store is asked again and again.
task_record ended(service& swarm, task_id id) {
  const auto until = std::chrono::steady_clock::now() + patience;
  task_record last;
  while (std::chrono::steady_clock::now() < until) {
    auto found = wait_for<task_record>([&](auto done) { swarm.find(id, done); });
    if (!found) break;
    last = std::move(*found);
    if (is_terminal(last.status.state)) break;
    std::this_thread::yield();
  }
  return last;
}

std::vector<task_id> submit(service& swarm, std::vector<task_spec> batch) {
  auto answers = wait_for<std::vector<submit_answer>>([&](auto done) { swarm.submit(std::move(batch), done); });
  EXPECT_TRUE(answers) << (answers ? "" : to_string(answers.error()));
  std::vector<task_id> out;
  if (answers)
    for (const auto& answer : *answers) out.push_back(answer.id);
  return out;
}

/// Waits until the swarm is ready; returns what it still misses.
std::string missing_of(service& swarm) {
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string missing = "nothing asked";
  while (!missing.empty() && std::chrono::steady_clock::now() < until)
    missing = wait_for<std::string>([&](auto done) { swarm.readiness(done); }).value_or("no answer");
  return missing;
}

TEST(SwarmProcess, RunsATaskAndRecordsItsResult) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"), {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto& swarm = *(*leader)->swarm();
  ASSERT_EQ(missing_of(swarm), "");

  const auto ids = submit(swarm, {task_of("echo", "hello"), task_of("primes", "100000"), task_of("wait", "30")});
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(as_text(ended(swarm, ids[0]).status.output), "hello");
  EXPECT_EQ(as_text(ended(swarm, ids[1]).status.output), "9592");
  const auto waited = ended(swarm, ids[2]);
  EXPECT_EQ(waited.status.state, task_state::succeeded);
  EXPECT_GE(waited.status.usage.run_ns, 30'000'000U);
}

TEST(SwarmProcess, AFollowerJoinsAndRunsWhatAsksForIt) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"), {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto& swarm = *(*leader)->swarm();
  auto config = config_in(directory.path(), "b");
  config.join = "127.0.0.1:" + std::to_string((*leader)->link_port());
  config.capabilities = {"special"};
  auto follower = swarm_process::start(config, {});
  ASSERT_TRUE(follower) << to_string(follower.error());

  auto wish = task_of("primes", "1000");
  wish.shape.capabilities = {"special"};
  const auto until = std::chrono::steady_clock::now() + patience;
  result<std::vector<submit_answer>> answer = fail(errc::timeout);
  while (!answer && std::chrono::steady_clock::now() < until)
    answer = wait_for<std::vector<submit_answer>>([&](auto done) { swarm.submit({wish}, done); });
  ASSERT_TRUE(answer) << to_string(answer.error());
  const auto record = ended(swarm, answer->front().id);
  EXPECT_EQ(record.status.owner, "b");
  EXPECT_EQ(as_text(record.status.output), "168");
}

TEST(SwarmProcess, ASecondNodeOfOneNameIsRefusedInWords) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"), {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto config = config_in(directory.path(), "b");
  config.join = "127.0.0.1:" + std::to_string((*leader)->link_port());
  auto first = swarm_process::start(config, {});
  ASSERT_TRUE(first) << to_string(first.error());
  auto second = swarm_process::start(config, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::duplicate_name);
  EXPECT_NE(second.error().context.find("'b' is here already"), std::string::npos) << second.error().context;
}

class count_agent final : public agent {
 public:
  result<bytes> handle(task_context&) override { return bytes{}; }
};

agent_kind count_kind(std::string version) {
  auto out = kind_of<count_agent>("count");
  out.version = std::move(version);
  return out;
}

TEST(SwarmProcess, AKindOfAnotherVersionGetsNoTasksThere) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"), {count_kind("1")});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto& swarm = *(*leader)->swarm();
  std::vector<std::unique_ptr<swarm_process>> followers;
  for (const auto& [name, version] : {std::pair{"b", "2"}, std::pair{"c", "1"}}) {
    auto config = config_in(directory.path(), name);
    config.join = "127.0.0.1:" + std::to_string((*leader)->link_port());
    auto follower = swarm_process::start(config, {count_kind(version)});
    ASSERT_TRUE(follower) << to_string(follower.error());
    followers.push_back(std::move(*follower));
  }
  const auto offered = [&](const std::string& kind, const std::string& node) {
    auto wish = task_of(kind, "10");
    wish.shape.where.node = node;
    return wait_for<std::vector<submit_answer>>([&](auto done) { swarm.submit({wish}, done); });
  };
  const auto until = std::chrono::steady_clock::now() + patience;
  while ((!offered("primes", "b") || !offered("count", "c")) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();

  EXPECT_TRUE(offered("count", "c"));
  const auto refused = offered("count", "b");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::infeasible);
}

constexpr std::uint32_t large_group = 12;

class meeting_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    auto seat = task.join_group({.name = "job", .members = large_group});
    if (!seat) return fail(std::move(seat.error()));
    if (auto met = (*seat)->barrier(); !met) return fail(std::move(met.error()));
    return to_bytes("met " + std::to_string((*seat)->ranks().size()));
  }
};

TEST(SwarmProcess, AGroupHasMoreMembersThanANodeHasThreads) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"),
                                     {kind_of<meeting_agent>("meet", {}, isolation_mode::thread, large_group)});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto& swarm = *(*leader)->swarm();
  ASSERT_EQ(missing_of(swarm), "");

  for (const auto id : submit(swarm, std::vector<task_spec>(large_group, task_of("meet", "")))) {
    const auto record = ended(swarm, id);
    EXPECT_EQ(as_text(record.status.output), "met 12") << record.status.why;
  }
}

/// Whoever waits for the others leaves its turn to them.
TEST(SwarmProcess, MembersOfAGroupTakeTurnsOnOneDevice) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"),
                                     {kind_of<meeting_agent>("meet", {}, isolation_mode::thread, large_group)});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto& swarm = *(*leader)->swarm();
  ASSERT_EQ(missing_of(swarm), "");
  coordinate_order order;
  order.options.pattern = sharing_pattern::time_sliced;
  ASSERT_TRUE(wait_for<void>([&](auto done) { swarm.coordinate("a", order, done); }));
  auto wish = task_of("meet", "");
  wish.shape.sharing = sharing_pattern::time_sliced;

  for (const auto id : submit(swarm, std::vector<task_spec>(large_group, wish))) {
    const auto record = ended(swarm, id);
    EXPECT_EQ(as_text(record.status.output), "met 12") << record.status.why;
  }
}

TEST(SwarmProcess, DrainsToACleanEnd) {
  const scratch_directory directory;
  auto leader = swarm_process::start(config_in(directory.path(), "a"), {});
  ASSERT_TRUE(leader) << to_string(leader.error());
  auto config = config_in(directory.path(), "b");
  config.join = "127.0.0.1:" + std::to_string((*leader)->link_port());
  auto follower = swarm_process::start(config, {});
  ASSERT_TRUE(follower) << to_string(follower.error());
  (*leader)->drain();
  const auto of_follower = (*follower)->wait(patience);
  ASSERT_TRUE(of_follower);
  EXPECT_TRUE(of_follower->clean) << of_follower->why;
  const auto of_leader = (*leader)->wait(patience);
  ASSERT_TRUE(of_leader);
  EXPECT_TRUE(of_leader->clean) << of_leader->why;
}

}  // namespace
}  // namespace dunlin
