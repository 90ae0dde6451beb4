// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/net/gateway/api.hpp"

namespace dunlin::net {
namespace {

using testing::HasSubstr;

constexpr auto unknown_id = "00000000000000000000000001";

std::string path_of(task_id id) { return "/v1/tasks/" + to_string(id); }

TEST(Routes, HealthIsAlwaysGood) {
  api gate;

  EXPECT_EQ(gate.get("/healthz").body, R"({"status":"ok","reason":""})");
}

TEST(Routes, ReadinessSaysWhatIsMissing) {
  api gate;
  EXPECT_EQ(gate.get("/readyz").status, 200U);

  gate.swarm.missing = "no node has joined";
  const auto answer = gate.get("/readyz");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_THAT(answer.body, HasSubstr("no node has joined"));
}

TEST(Routes, SubmittedTasksAreCreatedAndFound) {
  api gate;

  const auto answer = gate.post("/v1/tasks", R"({"tasks": [{"kind": "a", "payload": "x"}, {"kind": "b"}]})");

  EXPECT_EQ(answer.status, 201U);
  const auto created = json::parse_as<json::answer_page>(answer.body);
  ASSERT_EQ(created->tasks.size(), 2U);
  const auto found = json::parse_as<task_record>(gate.get(path_of(created->tasks[0].id)).body);
  EXPECT_EQ(found->spec.shape.kind, "a");
  EXPECT_EQ(as_text(found->spec.payload), "x");
}

TEST(Routes, ARepeatedKeyIsNotCreatedAgain) {
  api gate;
  const auto* spec = R"({"kind": "a", "idempotency_key": "k"})";
  const auto first = json::parse_as<json::answer_page>(gate.post("/v1/tasks", spec).body);

  const auto again = gate.post("/v1/tasks/", spec);

  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(json::parse_as<json::answer_page>(again.body)->tasks[0].id, first->tasks[0].id);
}

TEST(Routes, ListsPageByPage) {
  api gate;
  for (int i = 0; i < 5; ++i) gate.swarm.put(std::to_string(i));

  const auto first = json::parse_as<json::task_page>(gate.get("/v1/tasks?limit=3").body);
  ASSERT_TRUE(first->next);
  const auto second =
      json::parse_as<json::task_page>(gate.get("/v1/tasks?limit=3&after=" + to_string(*first->next)).body);

  EXPECT_EQ(first->tasks.size(), 3U);
  EXPECT_EQ(second->tasks.size(), 2U);
  EXPECT_EQ(second->tasks[0].spec.name, "3");
  EXPECT_FALSE(second->next);
}

TEST(Routes, ListsByTheSourcesStateNames) {
  api gate;
  gate.swarm.put("waits");
  gate.swarm.advance(gate.swarm.put("done"), transition::succeed, task_state::succeeded);

  const auto page = json::parse_as<json::task_page>(gate.get("/v1/tasks/?status=completed").body);

  ASSERT_EQ(page->tasks.size(), 1U);
  EXPECT_EQ(page->tasks[0].spec.name, "done");
}

TEST(Routes, TasksInShortForm) {
  api gate;
  const auto id = gate.swarm.put("one");
  gate.swarm.advance(id, transition::start, task_state::running);
  gate.swarm.set_progress(id, {50, "half", 5, 10});

  EXPECT_EQ(gate.get("/tasks").body, R"({"tasks":[{"task_id":")" + to_string(id) +
                                         R"(","name":"one","task_type":"echo","status":"processing","progress":50,)"
                                         R"("priority":5,"node":""}],"next":null})");
}

TEST(Routes, LocksWithTheirHoldersAndLines) {
  api gate;
  gate.swarm.lock_list = {{"data:x", {}, {}, {}, 0, false, task_id{3, 4}, 1},
                          {"model:resnet", task_id{1, 2}, "first", "n1", 1'500, false, task_id{3, 4}, 2}};

  const auto answer = gate.get("/v1/locks");

  EXPECT_EQ(answer.body,
            R"({"locks":[{"name":"data:x","holder":null,"holder_name":"","node":"","held_ms":0,"stopping":false,)"
            R"("next":")" +
                to_string(task_id{3, 4}) + R"(","waiting":1},{"name":"model:resnet","holder":")" +
                to_string(task_id{1, 2}) +
                R"(","holder_name":"first","node":"n1","held_ms":1500,"stopping":false,"next":")" +
                to_string(task_id{3, 4}) + R"(","waiting":2}]})");
  EXPECT_EQ(json::parse_as<json::lock_page>(answer.body)->locks.at(1).holder, (task_id{1, 2}));
}

TEST(Routes, DeletesATaskThatEndedOnce) {
  api gate;
  const auto id = gate.swarm.put();
  gate.swarm.advance(id, transition::succeed, task_state::succeeded);

  EXPECT_EQ(gate.erase(path_of(id)).body, R"({"erased":1})");
  EXPECT_EQ(gate.erase(path_of(id)).status, 404U);
}

TEST(Routes, DeletingARunningTaskIsAConflict) {
  api gate;
  const auto id = gate.swarm.put();
  gate.swarm.advance(id, transition::start, task_state::running);

  const auto answer = gate.erase(path_of(id));

  EXPECT_EQ(answer.status, 409U);
  EXPECT_EQ(error_of(answer).code, errc::conflict);
}

TEST(Routes, DeletingWithCancelAsksARunningTaskToStop) {
  api gate;
  const auto id = gate.swarm.put();
  gate.swarm.advance(id, transition::start, task_state::running);

  const auto answer = gate.erase(path_of(id) + "?cancel=1");

  EXPECT_EQ(answer.status, 202U);
  EXPECT_TRUE(json::parse_as<task_record>(answer.body)->status.cancel_requested);
}

TEST(Routes, DeletingWithCancelRemovesWaitingAndEndedTasks) {
  api gate;
  const auto waiting = gate.swarm.put();
  const auto ended = gate.swarm.put();
  gate.swarm.advance(ended, transition::succeed, task_state::succeeded);

  EXPECT_EQ(gate.erase(path_of(waiting) + "?cancel=1").body, R"({"erased":1})");
  EXPECT_EQ(gate.erase(path_of(ended) + "?cancel=1").body, R"({"erased":1})");
  EXPECT_EQ(gate.erase(std::string{"/v1/tasks/"} + unknown_id + "?cancel=1").status, 404U);
  EXPECT_EQ(gate.erase(path_of(waiting) + "?cancel=yes").status, 422U);
}

TEST(Routes, DeletesManyByStateAndAge) {
  api gate;
  for (int i = 0; i < 2'500; ++i)
    gate.swarm.advance(gate.swarm.put(), transition::succeed, task_state::succeeded, 1'000);
  gate.swarm.advance(gate.swarm.put("young"), transition::succeed, task_state::succeeded, 999'000);
  gate.swarm.advance(gate.swarm.put("failed"), transition::fail_last, task_state::failed, 1'000);
  gate.swarm.put("waits");

  EXPECT_EQ(gate.erase("/v1/tasks?status=completed&older_than_s=10").body, R"({"erased":2500})");
  EXPECT_EQ(json::parse_as<json::task_page>(gate.get("/v1/tasks").body)->tasks.size(), 3U);
  EXPECT_EQ(gate.erase("/v1/tasks").status, 400U);
}

TEST(Routes, CancelAnswersWithTheTask) {
  api gate;
  const auto id = gate.swarm.put();

  const auto left = json::parse_as<task_record>(gate.post(path_of(id) + "/cancel").body);

  EXPECT_EQ(left->status.state, task_state::cancelled);
  EXPECT_EQ(gate.post(path_of(id) + "/cancel").status, 409U);
}

TEST(Routes, EventsFromAPosition) {
  api gate;
  const auto id = gate.swarm.put();
  gate.swarm.advance(id, transition::grant, task_state::leased, 5);
  gate.swarm.advance(id, transition::start, task_state::running, 6);

  const auto all = json::parse_as<json::event_page>(gate.get(path_of(id) + "/events").body);
  const auto rest = json::parse_as<json::event_page>(gate.get(path_of(id) + "/events?after=1&limit=1").body);

  EXPECT_EQ(all->events.size(), 3U);
  EXPECT_EQ(all->next, 3U);
  ASSERT_EQ(rest->events.size(), 1U);
  EXPECT_EQ(rest->events[0].what, transition::grant);
}

TEST(Routes, ExplainsATask) {
  api gate;
  const auto id = gate.swarm.put();

  const auto why = json::parse_as<task_explanation>(gate.get(path_of(id) + "/explain").body);

  EXPECT_EQ(why->summary, "it waits for capacity");
}

TEST(Routes, ShowsNodesAgentsAndDevices) {
  api gate;
  gate.swarm.node_list.resize(1);
  gate.swarm.node_list[0].name = "n1";
  gate.swarm.agent_list = {{"n1", {"echo", {}, isolation_mode::thread, 2, "1"}}};
  gate.swarm.device_list.resize(1);

  EXPECT_EQ(json::parse_as<json::node_page>(gate.get("/v1/nodes/").body)->nodes.at(0).name, "n1");
  EXPECT_EQ(json::parse_as<json::agent_page>(gate.get("/v1/agents").body)->agents.at(0).agents.instances, 2U);
  EXPECT_EQ(json::parse_as<json::device_page>(gate.get("/v1/devices").body)->devices.size(), 1U);
}

TEST(Routes, DrainsANodeByName) {
  api gate;
  gate.swarm.node_list.resize(1);
  gate.swarm.node_list[0].name = "n1";

  EXPECT_EQ(gate.post("/v1/nodes/n1/drain").status, 202U);
  EXPECT_EQ(gate.swarm.drained, std::vector<std::string>{"n1"});
  EXPECT_EQ(gate.post("/v1/nodes/n2/drain").status, 404U);
  EXPECT_EQ(gate.post("/v1/nodes/n%201/drain").status, 422U);
}

TEST(Routes, ShutsDownOnPostOnly) {
  api gate;
  EXPECT_EQ(gate.get("/v1/shutdown").status, 405U);
  EXPECT_FALSE(gate.swarm.stopped);

  EXPECT_EQ(gate.post("/v1/shutdown").status, 202U);
  EXPECT_TRUE(gate.swarm.stopped);
}

TEST(Routes, MetricsCarryTheSwarmAndTheGateway) {
  api gate;
  gate.swarm.snapshot.metrics = {{"dunlin_tasks_pending", "Pending.", metric::kind_type::gauge, {}, 7, {}, {}, 0}};

  const auto answer = gate.get("/metrics");

  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("dunlin_tasks_pending 7\n"));
  EXPECT_THAT(answer.body, HasSubstr("dunlin_http_connections 0\n"));
}

}  // namespace
}  // namespace dunlin::net
