// SPDX-License-Identifier: Apache-2.0
// Tasks that reserve their share of a node's device, from the command line to the device.
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

/// Counts primes below `limit` in steps, on the whole device.
std::string primes(const swarm_rig& rig, const std::string& limit, words more = {}) {
  words verb{"--kind", "primes", "--payload", limit, "--sharing", "exclusive"};
  verb.insert(verb.end(), more.begin(), more.end());
  return rig.submit(std::move(verb));
}

/// What `gpu leases` says, by states.
std::vector<std::string> states(const swarm_rig& rig) {
  std::vector<std::string> out;
  for (const auto& one : field_of<json::array>(rig.ask({"gpu", "leases"}), "leases"))
    out.push_back(field_of<std::string>(std::get<json::object>(one.data), "state"));
  return out;
}

TEST(Reservations, AreMetThoughAnotherTaskHasTheDevice) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--node", "a"})) << rig.swarm().err();
  const auto longest = primes(rig, "1000000000");
  ASSERT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"holding"}; }));

  const auto reserved = primes(rig, "10000", {"--reserve", "1:600"});

  ASSERT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"holding", "reserved"}; }));
  EXPECT_THAT(rig.run({"gpu", "leases", "--explain"}).out, HasSubstr("task " + reserved + " has reserved 1000 milli"));
  EXPECT_THAT(field_of<std::string>(rig.ask({"task", "explain", reserved}), "summary"),
              HasSubstr("is reserved from 1000 ms after its submission on, for 600000 ms"));
  EXPECT_EQ(rig.run({"task", "wait", reserved}).code, 0);
  EXPECT_EQ(rig.field_of_task(longest, "state"), "running") << "it stood still meanwhile, and goes on";
  EXPECT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"holding"}; }));
}

TEST(Reservations, MayBeginAtOnce) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--node", "a"})) << rig.swarm().err();
  const auto longest = primes(rig, "1000000000");
  ASSERT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"holding"}; }));

  const auto reserved = primes(rig, "10000", {"--reserve", "0:600", "--retries", "0"});

  EXPECT_EQ(rig.run({"task", "wait", reserved}).code, 0) << rig.field_of_task(reserved, "why");
  EXPECT_EQ(rig.field_of_task(longest, "state"), "running");
}

TEST(Reservations, ThatStandAgainstEachOtherAreRefusedInWords) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--node", "a"})) << rig.swarm().err();
  const auto first = primes(rig, "10", {"--reserve", "600:60"});
  ASSERT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"reserved"}; }));

  const auto second = primes(rig, "10", {"--reserve", "630:60", "--retries", "0"});

  EXPECT_NE(rig.run({"task", "wait", second}).code, 0);
  EXPECT_EQ(rig.field_of_task(second, "code"), "conflict");
  EXPECT_THAT(rig.field_of_task(second, "why"), HasSubstr("no room beside task " + first + " (has reserved)"));
  EXPECT_EQ(rig.run({"task", "cancel", first}).code, 0);
  EXPECT_TRUE(eventually([&] { return states(rig).empty(); }));
  EXPECT_THAT(rig.run({"submit", "--kind", "primes", "--reserve", "1:1"}).err, HasSubstr("resource_reservations"));
}

TEST(Reservations, AreMadeAnewForWhatIsLeftWhenTheirNodeDies) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "2", "--node", "a", "--node", "b"})) << rig.swarm().err();
  const auto reserved = primes(rig, "10", {"--reserve", "600:60", "--node", "b"});
  ASSERT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"reserved"}; }));
  const auto before = rig.pid_of("b");

  ::kill(before, SIGKILL);

  ASSERT_TRUE(eventually([&] { return rig.pid_of("b") > 0 && rig.pid_of("b") != before; }));
  EXPECT_TRUE(eventually([&] { return states(rig) == std::vector<std::string>{"reserved"}; }));
  EXPECT_EQ(rig.field_of_task(reserved, "state"), "leased");
}

}  // namespace
}  // namespace dunlin::test
