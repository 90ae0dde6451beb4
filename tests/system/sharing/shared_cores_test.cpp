// SPDX-License-Identifier: Apache-2.0
// Three nodes of one host that work on the same cores: what one of them decides holds for all, also when it dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using cli::field_of;
using cli::number_of;
using testing::HasSubstr;

class shared_cores_swarm : public swarm_rig {
 public:
  shared_cores_swarm() : swarm_rig(DUNLIN_TALKING_PROGRAM) {}
  bool up() {
    return swarm_rig::up({"--node", "a:on-a", "--node", "b:on-b", "--node", "c:on-c", "--share-cores", "true"});
  }
  [[nodiscard]] std::string lock_file() const { return state_dir() + "/lock"; }
  [[nodiscard]] std::string stop_file() const { return state_dir() + "/stop"; }
  void stop_all() const { std::ofstream{stop_file()} << "stop"; }

  /// A task of this kind on this node; everything is known by its name.
  bool submit(const std::string& name, const std::string& kind, const std::string& node) const {
    const auto path = state_dir() + "/" + name + ".json";
    const auto payload = kind == "stepping" ? lock_file() + " " + stop_file() : lock_file();
    std::ofstream{path} << R"({"kind": ")" << kind << R"(", "name": ")" << name << R"(", "payload": ")" << payload
                        << R"(", "sharing": "exclusive", "capabilities": ["on-)" << node
                        << R"("], "timeout_ms": 100000, "retry": {"max_retries": 2}})";
    return run({"submit", path}).code == 0;
  }

  [[nodiscard]] std::vector<json::object> devices() const { return objects(ask({"gpu", "list"}), "devices"); }
  [[nodiscard]] std::string home() const {
    return devices().empty() ? "" : field_of<std::string>(devices()[0], "home");
  }
  [[nodiscard]] std::size_t sharers() const { return field_of<json::array>(devices().at(0), "sharers").size(); }
  [[nodiscard]] int alarms() const {
    int sum = 0;
    for (const auto& one : devices()) sum += number_of<int>(one, "alarms");
    return sum;
  }

  /// The nodes whose agents have a share of the cores, as the home says.
  [[nodiscard]] std::set<std::string> holders() const {
    std::set<std::string> out;
    for (const auto& one : objects(ask({"gpu", "leases"}), "leases"))
      if (field_of<std::string>(one, "state") == "holding") out.insert(field_of<std::string>(one, "node"));
    return out;
  }
  bool share_as(const std::string& pattern, const std::string& by) const {
    if (run({"gpu", "coordinate", by + "/0", "--pattern", pattern}).code != 0) return false;
    const bool done = eventually([&] {
      const auto all = devices();
      return std::ranges::all_of(all,
                                 [&](const auto& one) { return field_of<std::string>(one, "pattern") == pattern; });
    });
    if (!done) ADD_FAILURE() << run({"gpu", "list", "--output", "json"}).out << run({"node", "list"}).out;
    return done;
  }
  void expect_success(const std::string& task) const {
    run({"task", "wait", task});
    const auto record = ask({"task", "info", task});
    EXPECT_EQ(field_of<std::string>(record, "state"), "succeeded") << run({"task", "info", task}).out;
    EXPECT_EQ(number_of<int>(record, "fail_count"), 0) << task;
  }

 private:
  static std::vector<json::object> objects(const json::object& in, const char* name) {
    std::vector<json::object> out;
    for (const auto& one : field_of<json::array>(in, name))
      if (const auto* fields = std::get_if<json::object>(&one.data)) out.push_back(*fields);
    return out;
  }
};

class SharedCoresOfThree : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(rig.up()) << rig.swarm().err();
    ASSERT_TRUE(eventually([&] { return rig.home() == "b" || rig.home() == "c"; })) << "a leads: " << rig.home();
    home = rig.home();
    next = home == "b" ? "c" : "b";
  }
  void begin_on_all() {
    for (const std::string node : {"a", "b", "c"}) ASSERT_TRUE(rig.submit("on-" + node, "stepping", node));
    ASSERT_TRUE(eventually([&] { return rig.holders() == std::set<std::string>{"a", "b", "c"}; }));
  }
  /// One of them has the cores, the others wait.
  void begin_on_one() {
    for (const std::string node : {"a", "b", "c"}) ASSERT_TRUE(rig.submit("on-" + node, "stepping", node));
    ASSERT_TRUE(eventually([&] { return rig.holders().size() == 1; }));
  }
  /// Whoever stood still in a step ends it beside others: at most `together` steps.
  void end_well(int together = 0) {
    rig.stop_all();
    for (const std::string node : {"a", "b", "c"}) {
      rig.expect_success("on-" + node);
      const auto output = rig.field_of_task("on-" + node, "output");
      EXPECT_LE(std::stoi(output.substr(output.find(' ') + 1)), together) << node << ": " << output;
    }
    EXPECT_TRUE(eventually([&] { return rig.holders().empty(); }));
    EXPECT_EQ(rig.alarms(), 0);
  }
  shared_cores_swarm rig;
  std::string home;
  std::string next;  ///< the third node
};

TEST_F(SharedCoresOfThree, AgentsOfAllNodesTakeTurnsOnThem) {
  ASSERT_TRUE(rig.share_as("time_sliced", "c"));
  begin_on_all();
  EXPECT_THAT(rig.run({"gpu", "list"}).out, HasSubstr("; " + home + " decides"));

  ASSERT_TRUE(rig.share_as("exclusive", "a"));
  EXPECT_EQ(rig.holders().size(), 1U);
  ASSERT_TRUE(rig.share_as("time_sliced", "b"));

  end_well();
  for (const std::string node : {"a", "b", "c"})
    EXPECT_GT(std::stoi(rig.field_of_task("on-" + node, "output")), 0) << "its turn came";
}

TEST_F(SharedCoresOfThree, TasksOfOnePieceOfAllNodesHaveThemOneAfterTheOther) {
  std::vector<std::string> names;
  for (const std::string node : {"a", "b", "c"})
    for (const auto* number : {"1", "2", "3"}) {
      names.push_back("whole-" + node + number);
      ASSERT_TRUE(rig.submit(names.back(), "whole", node));
    }

  for (const auto& name : names) rig.expect_success(name);
}

TEST_F(SharedCoresOfThree, AHomeThatDiesLeavesThemToAnother) {
  ASSERT_TRUE(rig.share_as("time_sliced", "a"));
  begin_on_all();

  ::kill(rig.pid_of(home), SIGKILL);

  ASSERT_TRUE(eventually([&] { return rig.home() == next; }));
  ASSERT_TRUE(eventually([&] {
    return rig.holders() == std::set<std::string>{"a", "b", "c"};
  })) << "it was started again, and its task with it";
  end_well();
  EXPECT_EQ(number_of<int>(rig.ask({"task", "info", "on-a"}), "attempt"), 1) << "it went on";
}

TEST_F(SharedCoresOfThree, AHomeThatStoodStillIsOneNoMore) {
  ASSERT_TRUE(rig.share_as("time_sliced", "a"));
  begin_on_all();
  const auto pid = rig.pid_of(home);

  ::kill(pid, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return rig.home() == next; }));
  ASSERT_TRUE(eventually([&] { return rig.holders() == std::set<std::string>{"a", next}; }));
  ::kill(pid, SIGCONT);

  ASSERT_TRUE(eventually([&] { return rig.holders() == std::set<std::string>{"a", "b", "c"}; }));
  EXPECT_EQ(rig.home(), next);
  end_well(2);
}

/// The home goes on without it, and forgets it; when it comes back it is another sharer under the same home.
TEST_F(SharedCoresOfThree, WhoeverWasForgottenIsServedAgain) {
  ASSERT_TRUE(rig.share_as("time_sliced", "a"));
  begin_on_all();
  const auto pid = rig.pid_of(next);

  ::kill(pid, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return rig.sharers() == 2; }));
  ::kill(pid, SIGCONT);

  ASSERT_TRUE(eventually([&] { return rig.holders() == std::set<std::string>{"a", "b", "c"}; }));
  EXPECT_EQ(rig.home(), home);
  end_well(2);
}

/// While there is no leader no home may decide; a new one knows nothing of who held what.
TEST_F(SharedCoresOfThree, ALeaderThatDiesIsFollowedByOneThatFindsOutWhoHoldsWhat) {
  ASSERT_TRUE(rig.share_as("time_sliced", "a"));
  begin_on_all();
  const auto before = rig.pid_of("a");

  ::kill(before, SIGKILL);

  ASSERT_TRUE(eventually([&] { return rig.pid_of("a") > 0 && rig.pid_of("a") != before; }));
  ASSERT_TRUE(eventually([&] { return rig.holders() == std::set<std::string>{"a", "b", "c"}; }));
  end_well();
}

TEST_F(SharedCoresOfThree, TheirHomeMayChooseThePattern) {
  ASSERT_TRUE(rig.share_as("exclusive", "a"));
  begin_on_one();
  ASSERT_EQ(rig.run({"gpu", "coordinate", "b/0", "--pattern", "automatic"}).code, 0);
  ASSERT_TRUE(eventually([&] { return rig.run({"gpu", "list"}).out.find("(automatic)") != std::string::npos; }));

  end_well();
}

TEST_F(SharedCoresOfThree, StagesAreRefusedInWords) {
  const auto refused = rig.run({"gpu", "coordinate", "a/0", "--pattern", "pipeline", "--stages", "read,write"});

  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("cannot run stages"));
}

}  // namespace
}  // namespace dunlin::test
