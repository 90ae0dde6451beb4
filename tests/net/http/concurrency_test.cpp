// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "net/http/client.hpp"
#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using test::raw_connection;
using test::request;

TEST(HttpConcurrency, ManyClientsEachGetTheirOwnAnswer) {
  http_house house;
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&, c] {
      http_client client{{"127.0.0.1", house.port(), std::string{test::test_token}}};
      for (int i = 0; i < 50; ++i) {
        task_spec spec;
        spec.shape.kind = std::to_string(c) + "." + std::to_string(i);
        const auto answer = client.submit({spec});
        const auto found = answer ? client.find(answer->at(0).id) : result<task_record>{};
        if (answer && found && found->spec.shape.kind == spec.shape.kind) ++right;
      }
    });
  for (auto& each : clients) each.join();

  EXPECT_EQ(right, 200);
}

TEST(HttpConcurrency, AClientThatLeftHarmsNobody) {
  http_house house;
  house.swarm.hold();
  for (int i = 0; i < 20; ++i) {
    raw_connection gone{house.port()};
    gone.send(request(house.port(), "GET", "/tasks"));
  }
  ASSERT_TRUE(house.swarm.wait_for_held(20));
  house.swarm.release();

  EXPECT_EQ(house.get("/v1/nodes").status, 200U);
}

TEST(HttpConcurrency, AnOpenRequestIsAnsweredWhenTheServerStops) {
  http_house house;
  house.swarm.hold();
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/tasks"));
  ASSERT_TRUE(house.swarm.wait_for_held(1));

  house.server.reset();

  const auto answer = one.read();
  EXPECT_EQ(answer.status, 503U);
  EXPECT_THAT(answer.body, testing::HasSubstr("shutting_down"));
  house.swarm.release();  // its answer comes after the server has gone
}

TEST(HttpConcurrency, AStoppedServerLeavesNoConnectionOpen) {
  http_house house;
  const auto id = house.swarm.put();
  raw_connection idle{house.port()};
  raw_connection silent{house.port()};
  raw_connection watching{house.port()};
  idle.send(request(house.port(), "GET", "/healthz"));
  EXPECT_EQ(idle.read().status, 200U);
  watching.send(
      request(house.port(), "GET", "/v1/tasks/" + to_string(id) + "/events", {}, "Accept: text/event-stream\r\n"));
  EXPECT_TRUE(watching.read_until("event: submit"));

  house.server.reset();

  EXPECT_TRUE(idle.is_closed_by_peer());
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_TRUE(watching.is_closed_by_peer());
}

}  // namespace
}  // namespace dunlin::net
