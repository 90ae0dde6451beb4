// SPDX-License-Identifier: Apache-2.0
// Bad input and bad surroundings are refused in words, and nothing is left behind.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fstream>

#include "actors/process/descriptor.hpp"
#include "cli/text/json_fields.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using cli::field_of;
using testing::HasSubstr;

/// A port of this machine that somebody else listens on.
class taken_port {
 public:
  taken_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const raw = reinterpret_cast<sockaddr*>(&where);
    if (::bind(socket_.get(), raw, size) == 0 && ::listen(socket_.get(), 1) == 0 &&
        ::getsockname(socket_.get(), raw, &size) == 0)
      text_ = std::to_string(ntohs(where.sin_port));
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  descriptor socket_;
  std::string text_;
};

TEST(Refusal, APortInUseIsSaidPlainly) {
  const taken_port taken;
  for (const auto* flag : {"--http-port", "--link-port"}) {
    swarm_rig rig;
    const auto up = rig.run({"up", "-n", "2", "--http-port", "0", flag, taken.text()});
    EXPECT_EQ(up.code, 1) << flag;
    EXPECT_THAT(up.err, HasSubstr("error[already_running]")) << flag;
    EXPECT_THAT(up.err, HasSubstr(taken.text())) << flag;
    EXPECT_THAT(up.err, HasSubstr("hint: ")) << flag;
    EXPECT_TRUE(rig.is_gone()) << flag;
  }
}

TEST(Refusal, AStateDirectoryThatCannotBeWrittenIsSaidPlainly) {
  swarm_rig rig;
  std::ofstream{rig.state_dir() + "/file"} << "x";

  const auto up = rig.run({"up", "--state-dir", rig.state_dir() + "/file/below"});

  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.err, HasSubstr("error[io_failed]: cannot keep state in"));
  EXPECT_THAT(up.err, HasSubstr("--state-dir"));
}

TEST(Refusal, SettingsThatCannotBeMetAreSaidBeforeANodeIsReady) {
  for (const auto& [words_of, code, said] : std::vector<std::tuple<words, int, std::string>>{
           {{"--kinds", "nope"}, 2, "it has: command, echo, wait, primes"},
           {{"--allow", "relative"}, 2, "is no absolute path"},
           {{"--allow", "/no/such/program"}, 1, "/no/such/program"},
           {{"--store-path", "/proc/none/tasks.db"}, 1, "/proc/none/tasks.db"}}) {
    swarm_rig rig;
    words line{"up", "-n", "1", "--http-port", "0"};
    line.insert(line.end(), words_of.begin(), words_of.end());
    const auto up = rig.run(line);
    EXPECT_EQ(up.code, code) << words_of[0];
    EXPECT_THAT(up.err, HasSubstr(said));
    EXPECT_THAT(up.err, HasSubstr("hint: "));
    EXPECT_TRUE(rig.is_gone());
  }
}

TEST(Refusal, ASecretThatOthersCanReadIsNotUsed) {
  swarm_rig rig;
  const auto path = rig.state_dir() + "/secret";
  std::ofstream{path} << std::string(64, 'a');
  ::chmod(path.c_str(), 0644);

  const auto up = rig.run({"up", "-n", "1", "--http-port", "0"});

  EXPECT_EQ(up.code, 1);
  EXPECT_THAT(up.err, HasSubstr("error[forbidden]"));
  EXPECT_THAT(up.err, HasSubstr("chmod 600"));
}

struct Refused : testing::Test {
  static void SetUpTestSuite() {
    rig = std::make_unique<swarm_rig>();
    ASSERT_TRUE(rig->up({"-n", "2"})) << rig->swarm().err();
  }
  static void TearDownTestSuite() { rig.reset(); }
  static std::unique_ptr<swarm_rig> rig;
};
std::unique_ptr<swarm_rig> Refused::rig;

TEST_F(Refused, AWrongTokenIsNotLetIn) {
  const auto path = rig->state_dir() + "/wrong";
  std::ofstream{path} << std::string(64, '0');
  ::chmod(path.c_str(), 0600);

  const auto done = rig->run({"node", "list", "--token-file", path});

  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("error[unauthorised]"));
}

TEST_F(Refused, ANodeWithAnotherSecretDoesNotJoin) {
  const auto secret = rig->state_dir() + "/other-secret";
  std::ofstream{secret} << std::string(64, '1');
  ::chmod(secret.c_str(), 0600);
  std::string join;
  for (const auto pid : {rig->pid_of("node-2")}) {
    const auto line = content_of("/proc/" + std::to_string(pid) + "/cmdline");
    const auto at = line.find("link.join=");
    ASSERT_NE(at, std::string::npos);
    join = line.substr(at + 10, line.find('\0', at) - at - 10);
  }
  const scratch_directory other;

  const auto refused = run_to_end({DUNLIN_PROGRAM, "node", "start", "--state-dir", other.path(), "--name", "x",
                                   "--join", join, "--secret-file", secret});
  const auto twin = rig->run({"node", "start", "--name", "node-2", "--join", join});
  const auto stranger = rig->run({"node", "start", "--name", "y", "--join", join, "--cluster", "another"});

  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("error[bad_secret]"));
  EXPECT_NE(twin.code, 0);
  EXPECT_THAT(twin.err, HasSubstr("error[duplicate_name]"));
  EXPECT_NE(stranger.code, 0);
  EXPECT_THAT(stranger.err, HasSubstr("error[wrong_cluster]"));
}

struct bad_tasks {
  const char* text;
  const char* code;
  const char* path;
};

TEST_F(Refused, BadTasksAreRefusedWholeWithTheirPlace) {
  const auto before = rig->run({"task", "list"}).out;
  const std::string large(200'000, 'x');
  const auto large_task = R"([{"kind":"echo","payload":")" + large + R"("}])";
  for (const auto& bad : std::vector<bad_tasks>{
           {R"([{"kind":"echo"},{"kind":"ehco"}])", "unknown_kind", "tasks[1].kind"},
           {R"([{"kind":"echo"},{"kind":"echo","prioritty":1}])", "unknown_field", "tasks[1].prioritty"},
           {R"([{"kind":"echo"},{"kind":"echo","priority":[]}])", "wrong_type", "tasks[1].priority"},
           {R"([{"kind":"echo"},{"payload":"x"}])", "missing_field", "tasks[1].kind"},
           {R"([{"name":"a","kind":"echo","depends_on":["b"]},{"name":"b","kind":"echo","depends_on":["a"]}])",
            "cyclic_dependency", "depends_on"},
           {R"([{"kind":"echo"},{"kind":"echo","depends_on":["nobody"]}])", "unknown_dependency", "tasks[1]"},
           {R"([{"kind":"echo"},{"kind":"echo","capabilities":["wings"]}])", "infeasible", "tasks[1]"},
           {large_task.c_str(), "too_large", "tasks[0].payload"},
           {R"([{"kind":"echo",}])", "malformed", ""},
           {"[]", "invalid_argument", "tasks"}}) {
    const auto file = rig->state_dir() + "/tasks.json";
    std::ofstream{file} << bad.text;

    const auto done = rig->run({"submit", file});
    const auto in_json = rig->run({"submit", file, "--output", "json"});

    EXPECT_EQ(done.code, 2) << bad.text;
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("error[" + std::string{bad.code} + "]")) << bad.text;
    EXPECT_THAT(done.err, HasSubstr(bad.path));
    EXPECT_THAT(done.err, HasSubstr("\nhint: "));
    const auto read = json::parse(in_json.err);
    ASSERT_TRUE(read) << in_json.err;
    const auto why = field_of<json::object>(std::get<json::object>(read->data), "error");
    EXPECT_EQ(field_of<std::string>(why, "code"), bad.code);
    EXPECT_NE(field_of<std::string>(why, "message"), "");
  }
  EXPECT_EQ(rig->run({"task", "list"}).out, before) << "nothing was stored";
}

TEST_F(Refused, WhatIsNotThereIsNamed) {
  for (const auto& verb : std::vector<words>{{"task", "info", "nobody"},
                                             {"task", "explain", "nobody"},
                                             {"task", "wait", "nobody"},
                                             {"task", "cancel", "nobody"},
                                             {"node", "drain", "nobody"}}) {
    const auto done = rig->run(verb);
    EXPECT_EQ(done.code, 1) << verb[1];
    EXPECT_THAT(done.err, HasSubstr("error[not_found]"));
    EXPECT_THAT(done.err, HasSubstr("'nobody'"));
  }
}

TEST_F(Refused, AFailedTaskIsAFailureWithItsReason) {
  const auto done = rig->run({"submit", "--kind", "wait", "--payload", "soon", "--retries", "0", "--wait"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("1 of 1 ended: 1 failed"));
  EXPECT_THAT(done.out, HasSubstr("invalid_argument: the payload is no number"));
}

TEST_F(Refused, EveryListIsAnObjectInJson) {
  for (const auto& [verb, field] : std::vector<std::pair<words, std::string>>{{{"node", "list"}, "nodes"},
                                                                              {{"agent", "list"}, "agents"},
                                                                              {{"gpu", "list"}, "devices"},
                                                                              {{"task", "list"}, "tasks"},
                                                                              {{"doctor"}, "checks"}}) {
    const auto answer = rig->ask(verb);
    ASSERT_EQ(answer.size() >= 1, true) << field;
    EXPECT_EQ(answer.front().key, field);
    EXPECT_TRUE(std::holds_alternative<json::array>(answer.front().content.data)) << field;
  }
}

TEST_F(Refused, ATaskTellsItsHistoryAndItsReasons) {
  const auto id = rig->submit({"--kind", "echo", "--payload", "hi", "--name", "told"});
  ASSERT_EQ(rig->run({"task", "wait", id}).code, 0);

  const auto info = rig->run({"task", "info", "told"});
  const auto explained = rig->run({"task", "explain", id});

  EXPECT_THAT(info.out, HasSubstr("result: hi"));
  EXPECT_THAT(info.out, HasSubstr("submit"));
  EXPECT_THAT(info.out, HasSubstr("succeed"));
  EXPECT_THAT(explained.out, HasSubstr("Has ended: succeeded."));
}

}  // namespace
}  // namespace dunlin::test
