// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using test::raw_connection;
using test::request;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view follow = "Accept: text/event-stream\r\n";

std::string follow_from(std::string_view last) {
  std::string out = "Accept: text/event-stream\r\nLast-Event-ID: ";
  out.append(last);
  return out.append("\r\n");
}

std::string events_of(task_id id) { return "/v1/tasks/" + to_string(id) + "/events"; }

TEST(HttpEventStream, TellsEachEventUntilTheTaskEnds) {
  http_house house;
  const auto id = house.swarm.put();
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(id), {}, follow));

  const auto head = one.read_until("\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_THAT(*head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(*head, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(one.read_until("\n\n"), testing::Optional(HasSubstr("id: 1\nevent: submit\ndata: {\"id\":")));

  house.swarm.advance(id, transition::start, task_state::running);
  EXPECT_THAT(one.read_until("\n\n"), testing::Optional(HasSubstr("id: 2\nevent: start\n")));

  house.swarm.set_progress(id, {50, "half", 1, 2});
  EXPECT_THAT(one.read_until("\n\n"), testing::Optional(HasSubstr("event: progress\ndata: {\"percent\":50,")));

  house.swarm.advance(id, transition::succeed, task_state::succeeded);
  EXPECT_THAT(one.read_until("\n\n"), testing::Optional(HasSubstr("id: 3\nevent: succeed\n")));
  EXPECT_EQ(one.read_until("\n\n"), "event: end\ndata: {}\n\n");
  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpEventStream, ResumesAfterTheLastEventTheClientSaw) {
  http_house house;
  const auto id = house.swarm.put();
  house.swarm.advance(id, transition::start, task_state::running);
  house.swarm.advance(id, transition::succeed, task_state::succeeded);
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(id), {}, follow_from("2")));

  ASSERT_TRUE(one.read_until("\r\n\r\n"));
  const auto all = one.read_until("event: end");

  ASSERT_TRUE(all);
  EXPECT_THAT(*all, HasSubstr("id: 3\nevent: succeed\n"));
  EXPECT_THAT(*all, Not(HasSubstr("id: 2\n")));
}

TEST(HttpEventStream, AClientThatSawTheEndIsToldSo) {
  http_house house;
  const auto id = house.swarm.put();
  house.swarm.advance(id, transition::succeed, task_state::succeeded);
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(id), {}, follow_from("2")));

  ASSERT_TRUE(one.read_until("\r\n\r\n"));
  EXPECT_EQ(one.read_until("\n\n"), "event: end\ndata: {}\n\n");
}

TEST(HttpEventStream, ABadPositionIsRefused) {
  http_house house;
  const auto id = house.swarm.put();
  EXPECT_EQ(house.get(events_of(id), follow_from("x")).status, 422U);
}

TEST(HttpEventStream, AnUnknownTaskIsNotFound) {
  http_house house;
  EXPECT_EQ(house.get(events_of({1, 1}), follow).status, 404U);
}

TEST(HttpEventStream, AnErasedTaskEndsItsStream) {
  http_house house;
  const auto id = house.swarm.put();
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(id), {}, follow));
  ASSERT_TRUE(one.read_until("event: submit"));

  house.swarm.advance(id, transition::succeed, task_state::succeeded);
  house.swarm.erase({id}, [](const result<std::uint64_t>&) {});

  EXPECT_TRUE(one.read_until("event: end"));
}

TEST(HttpEventStream, QuietStreamsBeat) {
  http_house house([](http_limits& limits) { limits.watch_beat = 20ms; });
  const auto id = house.swarm.put();
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(id), {}, follow));

  EXPECT_TRUE(one.read_until(": nothing new\n\n"));
  EXPECT_TRUE(one.read_until(": nothing new\n\n"));
}

TEST(HttpEventStream, AStreamDoesNotLastForEver) {
  http_house house([](http_limits& limits) { limits.watch_longest = 30ms; });
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", events_of(house.swarm.put()), {}, follow));

  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpEventStream, StreamsAreCounted) {
  http_house house([](http_limits& limits) { limits.watchers = 1; });
  const auto id = house.swarm.put();
  auto first = std::make_unique<raw_connection>(house.port());
  first->send(request(house.port(), "GET", events_of(id), {}, follow));
  ASSERT_TRUE(first->read_until("event: submit"));
  EXPECT_THAT(house.get("/metrics").body, HasSubstr("dunlin_http_watchers 1\n"));

  EXPECT_EQ(house.get(events_of(id), follow).status, 503U);

  // A client that leaves gives its place back, though the task has no news.
  first.reset();
  bool let_in = false;
  for (int i = 0; i < 10'000 && !let_in; ++i) let_in = house.get(events_of(id), follow).status == 200;
  EXPECT_TRUE(let_in);
}

TEST(HttpEventStream, AFailingStoreEndsTheStreamInWords) {
  http_house house([](http_limits& limits) { limits.watch_poll = 1ms; });
  const auto id = house.swarm.put();
  raw_connection one{house.port()};
  house.swarm.hold();
  one.send(request(house.port(), "GET", events_of(id), {}, follow));
  ASSERT_TRUE(house.swarm.wait_for_held(1));
  house.swarm.fail_next(error{errc::store_unavailable, "the disk is full"});
  house.swarm.release();

  EXPECT_TRUE(one.read_until("the disk is full"));
  EXPECT_TRUE(one.is_closed_by_peer());
}

}  // namespace
}  // namespace dunlin::net
