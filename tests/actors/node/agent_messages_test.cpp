// SPDX-License-Identifier: Apache-2.0
// Agents of two nodes that only share a wire: a user's message type goes there and back, and no call waits for the
// dead.
#include "tests/actors/node/node_fixture.hpp"

#include <stdexcept>

#include "actors/node/answer_slot.hpp"

namespace dunlin::testing {

/// Takes every message badly.
class sulky_agent final : public agent {
 public:
  result<bytes> handle(task_context&) override { return bytes{}; }
  result<bytes> receive(const agent_message& message) override {
    auto numbers = message.as<add_numbers>();
    if (!numbers || numbers->left == 20) throw 42;
    return bytes{};
  }
};

class generous_agent final : public agent {
 public:
  result<bytes> handle(task_context&) override { return bytes{}; }
  result<bytes> receive(const agent_message&) override { return bytes(max_inline_bytes + 1); }
};

class AgentMessages : public NodeFixture {
 protected:
  AgentMessages() {
    alpha = start_on_the_wire("alpha");
    beta = start_on_the_wire("beta");
  }

  rig_options on_the_wire(const std::string& name) {
    auto options = obedient(1);
    options.name = name;
    options.wire = wire;
    return options;
  }

  std::unique_ptr<node_rig> start_on_the_wire(const std::string& name) { return start(on_the_wire(name)); }

  /// A node that can run one step at a time, with the kinds `work` and `beside`.
  std::unique_ptr<node_rig> start_narrow(const std::string& name) {
    auto options = on_the_wire(name);
    options.workers = 1;
    options.kinds.push_back(options.kinds.front());
    options.kinds.back().name = "beside";
    return start(std::move(options));
  }

  /// Starts an agent of kind `work` on a node, from alpha; returns its id.
  std::string spawn_on(const std::string& node) {
    const auto outcome = alpha->run("work", "spawn work " + node);
    EXPECT_EQ(outcome.code, errc::none) << outcome.why;
    const auto said = text_of(outcome);
    EXPECT_EQ(said.substr(0, said.find(' ')), node);
    return said.substr(said.find(' ') + 1);
  }

  std::shared_ptr<node_wire> wire = std::make_shared<node_wire>();
  std::unique_ptr<node_rig> alpha;
  std::unique_ptr<node_rig> beta;
};

TEST_F(AgentMessages, AUsersTypeTravelsToAnotherNodeAndItsAnswerBack) {
  EXPECT_THAT(alpha->run("work", "add work beta"), Succeeds("42 for alpha"));
}

TEST_F(AgentMessages, TwoAgentsOfOneNodeTalkWithoutTheWire) {
  wire->swallow("alpha");

  EXPECT_THAT(alpha->run("work", "add quick"), Succeeds("42 for alpha"));
  EXPECT_THAT(alpha->run("work", "add quick alpha"), Succeeds("42 for alpha"));
}

TEST_F(AgentMessages, AnAgentStartedOnAnotherNodeAnswers) {
  const auto started = spawn_on("beta");

  EXPECT_THAT(alpha->run("work", "tell " + started + " beta"), Succeeds("42 for alpha"));
}

TEST_F(AgentMessages, AnAgentStartedHereTakesTasksToo) {
  spawn_on("alpha");

  EXPECT_TRUE(alpha->leader->until([](const auto& all) { return all.reports.back().agents.front().instances == 2; }));
}

TEST_F(AgentMessages, AKindThatTheOtherNodeDoesNotHaveIsNotFound) {
  EXPECT_THAT(alpha->run("work", "add painting beta"), FailsWith(errc::not_found, "painting"));
  EXPECT_THAT(alpha->run("work", "spawn painting beta"), FailsWith(errc::unknown_kind, "painting"));
}

TEST_F(AgentMessages, ANameThatIsNoTextIsNotFound) {
  EXPECT_THAT(alpha->run("work", "add wo\xffrk beta"), FailsWith(errc::not_found, "wo\\xffrk"));
  EXPECT_THAT(alpha->run("work", "add work be\xffta"), FailsWith(errc::unreachable, "be\\xffta"));
}

TEST_F(AgentMessages, AnAgentThatNeverWasIsNotFound) {
  EXPECT_THAT(alpha->run("work", "tell 12345 beta"), FailsWith(errc::not_found, "node 'beta' has no agent 12345"));
}

TEST_F(AgentMessages, ANodeThatNobodyKnowsIsUnreachable) {
  EXPECT_THAT(alpha->run("work", "add work gamma"), FailsWith(errc::unreachable, "gamma"));
}

TEST_F(AgentMessages, ACallFailsAtOnceWhenTheReceiversNodeDies) {
  const auto receiver = spawn_on("beta");
  wire->swallow("beta");  // the call is under way for as long as beta lives
  const auto call = alpha->grant([&] {
    grant_options task;
    task.payload = "tell " + receiver + " beta";
    return task;
  }());
  ASSERT_TRUE(wire->wait_for_swallowed());

  beta->die();

  EXPECT_THAT(alpha->leader->outcome_of(call), FailsWith(errc::link_down, "node 'beta' is gone: its process ended"));
}

TEST_F(AgentMessages, ASearchFailsAtOnceWhenTheNodeDies) {
  wire->swallow("beta");
  const auto search = alpha->grant([] {
    grant_options task;
    task.payload = "add work beta";
    return task;
  }());
  ASSERT_TRUE(wire->wait_for_swallowed());

  beta->die();

  EXPECT_THAT(alpha->leader->outcome_of(search), FailsWith(errc::link_down, "node 'beta' is gone"));
}

TEST_F(AgentMessages, AMessageToAnEarlierLifeOfANodeIsNotDelivered) {
  const auto receiver = spawn_on("beta");
  beta.reset();
  auto options = obedient(1);
  options.name = "beta";
  options.wire = wire;
  options.life = incarnation{77};
  beta = start(std::move(options));

  EXPECT_THAT(alpha->run("work", "tell " + receiver + " beta"),
              FailsWith(errc::link_down, "restarted (hint: find the agent anew)"));
}

TEST_F(AgentMessages, AnAsyncHandlerMustNotWait) {
  EXPECT_THAT(alpha->run("quick", "add work beta"), FailsWith(errc::not_supported, "isolation thread"));
}

TEST_F(AgentMessages, TwoNodesAskEachOtherAtOnce) {
  std::vector<task_id> from_alpha, from_beta;
  grant_options there, back;
  there.payload = "add quick beta";
  back.payload = "add quick alpha";
  for (int i = 0; i < 100; ++i) {
    from_alpha.push_back(alpha->grant(there));
    from_beta.push_back(beta->grant(back));
  }

  for (const auto& task : from_alpha) EXPECT_THAT(alpha->leader->outcome_of(task), Succeeds("42 for alpha"));
  for (const auto& task : from_beta) EXPECT_THAT(beta->leader->outcome_of(task), Succeeds("42 for beta"));
}

// -- one worker

TEST_F(AgentMessages, OneWorkerIsEnoughToAskAnAgentOfTheSameNode) {
  auto narrow = start_narrow("narrow");

  for (int i = 0; i < 20; ++i) EXPECT_THAT(narrow->run("work", "add beside"), Succeeds("42 for narrow"));
}

TEST_F(AgentMessages, TwoNodesWithOneWorkerEachAskEachOther) {
  auto east = start_narrow("east");
  auto west = start_narrow("west");
  grant_options to_west, to_east;
  to_west.payload = "add beside west";
  to_east.payload = "add beside east";

  for (int i = 0; i < 20; ++i) {
    const auto there = east->grant(to_west), back = west->grant(to_east);
    EXPECT_THAT(east->leader->outcome_of(there), Succeeds("42 for east"));
    EXPECT_THAT(west->leader->outcome_of(back), Succeeds("42 for west"));
  }
}

// -- answers that cannot be given

TEST_F(AgentMessages, WhateverAReceiverThrowsIsTheAnswer) {
  auto options = on_the_wire("gamma");
  options.kinds.push_back(kind_of<sulky_agent>("sulky", {}, isolation_mode::async, 1));
  options.kinds.push_back(kind_of<sulky_agent>("sulky-thread", {}, isolation_mode::thread, 1));
  auto gamma = start(std::move(options));

  EXPECT_THAT(alpha->run("work", "add sulky gamma"), FailsWith(errc::handler_threw, "no std::exception"));
  EXPECT_THAT(alpha->run("work", "add sulky-thread gamma"), FailsWith(errc::handler_threw, "no std::exception"));
}

TEST_F(AgentMessages, AnAnswerOverTheLimitFailsTheCallAtOnce) {
  auto options = on_the_wire("gamma");
  options.kinds.push_back(kind_of<generous_agent>("generous", {}, isolation_mode::thread, 1));
  auto gamma = start(std::move(options));

  EXPECT_THAT(alpha->run("work", "add generous gamma"), FailsWith(errc::output_too_large, "196609"));
}

TEST_F(AgentMessages, AnAnswerThatTheWireRefusesFailsTheCallAtOnce) {
  wire->refuse_answers();

  EXPECT_THAT(alpha->run("work", "add quick beta"), FailsWith(errc::too_large, "the wire is thin"));
}

TEST_F(AgentMessages, AMessageToAnAgentThatIsAbandonedIsAnswered) {
  auto options = on_the_wire("gamma");
  options.adjust = [](local_node_config& config) { config.dispatch.stop_patience = config.tick = 10ms; };
  auto gamma = start(std::move(options));
  grant_options stuck;
  stuck.payload = "hang";
  stuck.timeout = milliseconds{100};
  gamma->grant(stuck);
  ASSERT_TRUE(hung.wait_for_visitors(1));

  EXPECT_THAT(alpha->run("work", "add work gamma"), FailsWith(errc::crashed, "ended before it answered"));
}

TEST(AnswerSlot, TellsTheAskerOnceThatNobodyAnswered) {
  std::vector<errc> told;
  const auto note = [&](const result<bytes>& answer) { told.push_back(answer ? errc::none : answer.error().code); };

  { const answer_slot lost{note}; }
  {
    answer_slot kept{note};
    kept.give(bytes{});
    kept.give(fail(errc::timeout));
  }

  EXPECT_EQ(told, (std::vector{errc::crashed, errc::none}));
}

}  // namespace dunlin::testing
