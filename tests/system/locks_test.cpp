// SPDX-License-Identifier: Apache-2.0
// Locks keep tasks of two processes apart, whatever dies meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using cli::field_of;
using testing::HasSubstr;

constexpr auto resnet = "model:resnet";

/// Submits a task that needs the lock and waits for so many milliseconds, on an agent that has the capability.
std::string locked(const swarm_rig& rig, const std::string& ms, const std::string& capability) {
  return rig.submit({"--kind", "wait", "--payload", ms, "--capability", capability, "--lock", resnet});
}

/// What `lock list` says of the one lock.
json::object the_lock(const swarm_rig& rig) {
  for (const auto& one : field_of<json::array>(rig.ask({"lock", "list"}), "locks"))
    if (const auto* fields = std::get_if<json::object>(&one.data)) return *fields;
  return {};
}

bool runs(const swarm_rig& rig, const std::string& id) { return rig.field_of_task(id, "state") == "running"; }

TEST(Locks, KeepTasksOfTwoNodesApartAndSayWhy) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b:left", "--node", "c:right"})) << rig.swarm().err();
  const auto first = locked(rig, "1500", "left");
  ASSERT_TRUE(eventually([&] { return runs(rig, first); }));

  const auto second = locked(rig, "1", "right");

  const auto explained = field_of<std::string>(rig.ask({"task", "explain", second}), "summary");
  EXPECT_EQ(explained, "Waits for lock model:resnet, held by task " + first + ".");
  EXPECT_THAT(rig.run({"task", "info", second}).out, HasSubstr(explained));
  const auto lock = the_lock(rig);
  EXPECT_EQ(field_of<std::string>(lock, "name"), resnet);
  EXPECT_EQ(field_of<std::string>(lock, "holder"), first);
  EXPECT_EQ(field_of<std::string>(lock, "node"), "b");
  EXPECT_EQ(field_of<std::string>(lock, "next"), second);
  EXPECT_THAT(rig.run({"lock", "list"}).out, HasSubstr(first));
  EXPECT_EQ(rig.run({"task", "wait", second}).code, 0);
  EXPECT_EQ(rig.field_of_task(first, "state"), "succeeded") << "the second one began after the first had ended";
  EXPECT_THAT(rig.run({"lock", "list"}).out, HasSubstr("No task holds"));
}

TEST(Locks, AKilledHoldersLockIsFree) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b:left", "--node", "c:right"})) << rig.swarm().err();
  const auto first = locked(rig, "100000", "left");
  ASSERT_TRUE(eventually([&] { return runs(rig, first); }));
  const auto second = locked(rig, "1", "right");

  ::kill(rig.pid_of("b"), SIGKILL);

  EXPECT_EQ(rig.run({"task", "wait", second}).code, 0) << "long before the first one could have ended";
  ASSERT_TRUE(eventually([&] { return runs(rig, first); })) << "it takes its lock again";
  EXPECT_EQ(field_of<std::string>(the_lock(rig), "holder"), first);
}

TEST(Locks, ARestartedLeaderKeepsThem) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"--node", "a", "--node", "b:left", "--node", "c:right"})) << rig.swarm().err();
  const auto first = locked(rig, "4000", "left");
  ASSERT_TRUE(eventually([&] { return runs(rig, first); }));
  const auto second = locked(rig, "1", "right");
  const auto leader = rig.pid_of("a");

  ::kill(leader, SIGKILL);

  ASSERT_TRUE(eventually([&] { return rig.pid_of("a") > 0 && rig.pid_of("a") != leader; }));
  ASSERT_TRUE(eventually([&] { return field_of<std::string>(the_lock(rig), "holder") == first; }));
  EXPECT_EQ(rig.run({"task", "wait", second}).code, 0);
  EXPECT_EQ(rig.field_of_task(first, "state"), "succeeded");
  EXPECT_EQ(cli::number_of<int>(rig.ask({"task", "info", first}), "attempt"), 1) << "it went on meanwhile";
}

}  // namespace
}  // namespace dunlin::test
