// SPDX-License-Identifier: Apache-2.0
#include "actors/process/child_agent.hpp"

#include <thread>

#include "coordination/codec/wire_text.hpp"
#include "tests/actors/process/process_fixture.hpp"

namespace dunlin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ChildAgent : public ProcessFixture {
 protected:
  static child_order order(std::string_view what) {
    child_order out;
    out.id = {1, 2};
    out.kind = "test";
    out.payload = to_bytes(what);
    return out;
  }

  std::future<child_task_end> begin(child_order what, std::chrono::milliseconds timeout = 30s) {
    auto promise = std::make_shared<std::promise<child_task_end>>();
    child_task_events events;
    events.progress = [this](const task_progress& p) { seen.push_back(std::to_string(p.percent) + " " + p.message); };
    events.checkpoint = [this](const bytes& state) { seen.push_back("keep " + std::string{as_text(state)}); };
    if (answers)
      events.question = [this](const std::string& type, const bytes& body, const child_reply& reply) {
        seen.push_back(type + " " + std::string{as_text(body)});
        std::jthread([&] { answer_from_elsewhere(reply); });
      };
    events.done = [promise](child_task_end end) { promise->set_value(std::move(end)); };
    const auto taken = agent->run(std::move(what), timeout, std::move(events));
    if (!taken) throw std::runtime_error(to_string(taken.error()));
    return promise->get_future();
  }

  child_task_end run(std::string_view what, std::chrono::milliseconds timeout = 30s) {
    return soon(begin(order(what), timeout));
  }

  static std::string text(const child_task_end& end) {
    return end.outcome ? std::string{as_text(*end.outcome)} : to_string(end.outcome.error());
  }

  static void answer_from_elsewhere(const child_reply& reply) { reply(to_bytes("42")); }

  bool answers = true;
  std::vector<std::string> seen;  // by the host's thread before `done`
  std::shared_ptr<child_agent> agent = child_agent::make(*host, child({"serve"}));
};

TEST_F(ChildAgent, RunsATask) {
  EXPECT_EQ(text(run("echo")), "echo");
  EXPECT_FALSE(agent->is_busy());
}

TEST_F(ChildAgent, HandsTheFactsOver) {
  auto what = order("facts");
  what.attempt = 4;
  what.epoch = 99;
  what.deadline_ms = 1500;
  what.checkpoint = to_bytes("stage 1");

  EXPECT_EQ(text(soon(begin(what))), "test " + to_string(task_id{1, 2}) + " 4 99 1500 stage 1");
}

TEST_F(ChildAgent, KeepsItsProcessForAHundredTasks) {
  const auto pid = text(run("pid"));
  for (int i = 2; i <= 100; ++i) ASSERT_EQ(text(run("count")), std::to_string(i));

  EXPECT_EQ(text(run("pid")), pid);
}

TEST_F(ChildAgent, PassesProgressAndCheckpointsInOrder) {
  run("stages");

  EXPECT_THAT(seen, ElementsAre("50 half", "keep stage 1", "100 whole"));
}

TEST_F(ChildAgent, AnswersQuestionsOfTheHandler) {
  EXPECT_EQ(text(run("ask")), "42");
  EXPECT_THAT(seen, ElementsAre("double 21"));

  answers = false;
  EXPECT_EQ(run("ask").outcome.error().code, errc::not_supported);
  EXPECT_EQ(text(run("count")), "3");
}

TEST_F(ChildAgent, PassesErrorsAndExceptions) {
  EXPECT_EQ(text(run("refuse")), "invalid_argument: seven is odd");
  EXPECT_EQ(text(run("throw")), "handler_threw: out of luck");
  EXPECT_EQ(run("huge").outcome.error().code, errc::output_too_large);
  EXPECT_EQ(text(run("count")), "4");
}

TEST_F(ChildAgent, KillsAHangAndStartsAgain) {
  const auto late = run("hang", 200ms);

  EXPECT_EQ(late.outcome.error().code, errc::timeout);
  EXPECT_FALSE(late.crashed);
  EXPECT_EQ(text(run("count")), "1");
}

TEST_F(ChildAgent, ReportsASegfaultAndStartsAgain) {
  run("echo");

  const auto crash = run("segfault");

  EXPECT_TRUE(crash.crashed);
  EXPECT_EQ(crash.outcome.error().code, errc::crashed);
  EXPECT_THAT(crash.outcome.error().context, AllOf(HasSubstr("SIGSEGV"), HasSubstr("pivot 3 is")));
  EXPECT_EQ(text(run("count")), "1");
}

TEST_F(ChildAgent, TakesAnExitInTheMiddleOfATaskForACrash) {
  const auto gone = run("exit");

  EXPECT_TRUE(gone.crashed);
  EXPECT_EQ(gone.outcome.error().code, errc::crashed);
}

TEST_F(ChildAgent, EndsAChildThatTalksGarbage) {
  EXPECT_EQ(run("garbage").outcome.error().code, errc::protocol_violation);
  EXPECT_EQ(text(run("count")), "1");
}

TEST_F(ChildAgent, RefusesASecondTask) {
  auto first = begin(order("hang"));

  child_task_events events;
  EXPECT_EQ(agent->run(order("echo"), 0ms, events).error().code, errc::conflict);

  agent->cancel(errc::cancelled);
  EXPECT_EQ(soon(std::move(first)).outcome.error().code, errc::cancelled);
  EXPECT_EQ(text(run("echo")), "echo");
}

TEST_F(ChildAgent, StartsAnotherProcessAfterItWasStopped) {
  const auto pid = text(run("pid"));

  agent->stop();

  EXPECT_NE(text(run("pid")), pid);
  EXPECT_TRUE(dies(std::atoi(pid.c_str())));
}

TEST_F(ChildAgent, MeasuresTheCpuTimeOfEachTask) {
  run("echo");

  EXPECT_GE(run("burn").usage.cpu_ns, 50'000'000U);
  EXPECT_LT(run("echo").usage.cpu_ns, 50'000'000U);
}

TEST_F(ChildAgent, SaysThatItsProgramIsMissing) {
  auto program = child({"serve"});
  program.executable = "/nowhere/agent";
  agent = child_agent::make(*host, program);

  const auto end = run("echo");

  EXPECT_EQ(end.outcome.error().code, errc::not_found);
  EXPECT_FALSE(end.crashed);
}

TEST_F(ChildAgent, CarriesPayloadAndCheckpointOfFullSize) {
  auto what = order("");
  what.payload = bytes(max_inline_bytes);
  what.checkpoint = bytes(max_inline_bytes);

  EXPECT_EQ(soon(begin(what)).outcome.error().code, errc::unknown_kind);
}

TEST_F(ChildAgent, CutsALongError) {
  const auto end = run("babble");

  EXPECT_EQ(end.outcome.error().code, errc::handler_failed);
  EXPECT_EQ(end.outcome.error().context, std::string(max_words_bytes, 'b'));
}

TEST_F(ChildAgent, WritesOutAnErrorThatIsNoText) {
  EXPECT_EQ(run("mumble").outcome.error().context, "a \\xff and no more");
}

TEST_F(ChildAgent, EndsItsTaskWhenTheHostIsDestroyed) {
  auto end = begin(order("hang"));

  host.reset();

  EXPECT_EQ(soon(std::move(end)).outcome.error().code, errc::shutting_down);
}

TEST(AgentFrame, IsReadBackWithItsKind) {
  const auto raw = to_frame(child_outcome{errc::timeout, "late", {}});
  frame_cutter cutter;
  cutter.feed(raw);
  const auto cut = cutter.next(max_agent_frame_bytes);
  ASSERT_TRUE(cut && *cut);

  const auto outcome = to_agent_frame(**cut)->as<child_outcome>();

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->code, errc::timeout);
  EXPECT_FALSE(to_agent_frame({}));
}

TEST(AgentFrame, RefusesAnotherKindAndBrokenBodies) {
  const auto body = to_bytes("\xc1");

  EXPECT_FALSE((agent_frame{child_order::frame_kind, body}.as<child_order>()));
  EXPECT_FALSE((agent_frame{9, body}.as<child_order>()));
}

}  // namespace
}  // namespace dunlin::testing
