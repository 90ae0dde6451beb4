// SPDX-License-Identifier: Apache-2.0
// The fleet starts its nodes from the running program: here that is this test, which then plays a node, as badly as the
// node's name says.
#include "examples/flight/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "net/json/codec.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

using testing::HasSubstr;

class Fleet : public testing::Test {
 protected:
  result<cli::swarm_facts> start(const std::vector<std::string>& names) {
    std::vector<flight_node> nodes;
    nodes.reserve(names.size());
    for (const auto& name : names) nodes.push_back({name, {"maze"}, {"graph"}});
    return fleet_.start(nodes);
  }

  scratch_directory directory_;
  cli::stop_signals signals_;
  std::vector<std::string> notes_;
  fleet fleet_{signals_, directory_.path() + "/state", [this](const std::string& note) { notes_.push_back(note); }};
};

TEST_F(Fleet, SaysWhyANodeDidNotStart) {
  const auto started = start({"refuses"});

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::io_failed);
  EXPECT_EQ(started.error().context, "no port is left");
  EXPECT_TRUE(fleet_.ended());
}

TEST_F(Fleet, SaysHowANodeEndedThatSaidNothing) {
  const auto started = start({"good", "dies"});

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::crashed);
  EXPECT_THAT(started.error().context, HasSubstr("dies ended while it started: exit code 3"));
}

TEST_F(Fleet, TellsWhereTheLeaderIsOnceAllAreReady) {
  const auto started = start({"good", "fine"});

  ASSERT_TRUE(started) << to_string(started.error());
  EXPECT_EQ(started->leader.url, "http://127.0.0.1:9");
  ASSERT_EQ(started->nodes.size(), 2U);
  EXPECT_EQ(started->nodes[1].first, "fine");
  EXPECT_FALSE(fleet_.ended());
  EXPECT_TRUE(fleet_.stop().value());
  EXPECT_TRUE(fleet_.ended());
  EXPECT_THAT(notes_, testing::IsEmpty()) << "what was asked for is no news";
}

TEST_F(Fleet, ASignalDuringTheStartEndsIt) {
  ::kill(::getpid(), SIGINT);
  const auto started = start({"mute"});

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::cancelled);
}

TEST_F(Fleet, LeavesNoProcessBehind) {
  std::vector<std::pair<std::string, pid_t>> nodes;
  {
    fleet gone{signals_, directory_.path() + "/gone", [](const std::string&) {}};
    const auto started = gone.start({{"good", {}, {}}, {"fine", {}, {}}});
    ASSERT_TRUE(started) << to_string(started.error());
    nodes = started->nodes;
  }
  ASSERT_EQ(nodes.size(), 2U);
  for (const auto& [name, pid] : nodes) EXPECT_EQ(::kill(pid, 0), -1) << name;
}

TEST_F(Fleet, StoppingBeforeTheStartIsNothing) { EXPECT_TRUE(fleet_.stop().value()); }

/// What a node process does. Returns its exit code.
int play(const std::string& name) {
  if (name == "dies") return 3;
  if (name == "refuses") {
    std::fputs((json::to_json(error{errc::io_failed, "no port is left"}) + "\n").c_str(), stderr);
    return 1;
  }
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  if (name != "mute") {
    cli::ready_line ready;
    ready.node = name;
    ready.pid = static_cast<std::uint64_t>(::getpid());
    ready.link_port = 9;
    ready.url = "http://127.0.0.1:9";
    std::puts(cli::to_json(ready).c_str());
    std::fflush(stdout);
  }
  int signal = 0;
  ::alarm(60);  // should nobody come
  return ::sigwait(&wanted, &signal);
}

}  // namespace
}  // namespace dunlin::flight

int main(int argc, char** argv) {
  const std::string mark = "node.name=";
  for (int i = 1; i < argc; ++i)
    if (std::string{argv[i]}.starts_with(mark)) return dunlin::flight::play(argv[i] + mark.size());
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
