// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <list>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using test::raw_connection;
using test::request;

TEST(HttpLimits, ALargeHeaderIsRefused) {
  const http_house house;
  EXPECT_EQ(house.get("/healthz", "X: " + std::string(7'000, 'x') + "\r\n").status, 200U);
  EXPECT_EQ(house.get("/healthz", "X: " + std::string(9'000, 'x') + "\r\n").status, 431U);
  EXPECT_EQ(house.get("/" + std::string(9'000, 'x')).status, 431U);
}

TEST(HttpLimits, TheHeaderLimitCanBeLowered) {
  const http_house house([](http_limits& limits) { limits.header_bytes = 500; });
  EXPECT_EQ(house.get("/healthz").status, 200U);
  EXPECT_EQ(house.get("/healthz", "X: " + std::string(600, 'x') + "\r\n").status, 431U);
}

TEST(HttpLimits, ALargeBodyIsRefusedByItsDeclaredLength) {
  const http_house house;
  raw_connection one{house.port()};
  one.send(
      request(house.port(), "POST", "/v1/tasks", {}, "Content-Type: application/json\r\nContent-Length: 1048577\r\n"));

  EXPECT_EQ(one.read().status, 413U);
}

TEST(HttpLimits, ALargeBodyIsRefusedWhileItIsSent) {
  const http_house house;
  EXPECT_EQ(house.post("/v1/tasks", std::string(3'000'000, ' ')).status, 413U);
}

TEST(HttpLimits, ALargeChunkedBodyIsRefused) {
  const http_house house([](http_limits& limits) { limits.body_bytes = 1'000; });
  raw_connection one{house.port()};
  one.send(request(house.port(), "POST", "/v1/tasks", {},
                   "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"));
  for (int i = 0; i < 20; ++i) one.send("64\r\n" + std::string(100, ' ') + "\r\n");

  EXPECT_EQ(one.read().status, 413U);
}

TEST(HttpLimits, ABodyOfTheLimitIsTaken) {
  const http_house house([](http_limits& limits) { limits.body_bytes = 1'000; });
  const std::string spec = R"({"kind":"a"})";
  EXPECT_EQ(house.post("/v1/tasks", spec + std::string(1'000 - spec.size(), ' ')).status, 201U);
  EXPECT_EQ(house.post("/v1/tasks", spec + std::string(1'001 - spec.size(), ' ')).status, 413U);
}

TEST(HttpLimits, ASlowHeaderEndsTheConnection) {
  const http_house house([](http_limits& limits) { limits.header_deadline = 50ms; });
  raw_connection silent{house.port()};
  raw_connection slow{house.port()};
  slow.send("GET /healthz HTTP/1.1\r\nHo");

  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_TRUE(slow.is_closed_by_peer());
}

TEST(HttpLimits, ADrippingHeaderGetsNoMoreTime) {
  const http_house house([](http_limits& limits) { limits.header_deadline = 100ms; });
  raw_connection one{house.port()};
  one.send("GET /healthz HTTP/1.1\r\n");

  // A byte a millisecond: if each began a new deadline, the end would not come before the header's size limit.
  int sent = 0;
  while (sent < 5'000 && !one.is_readable_within(1)) sent += one.send("X") ? 1 : 0;

  EXPECT_LT(sent, 5'000);
  EXPECT_EQ(one.read().status, 0U);
}

TEST(HttpLimits, ASlowBodyEndsTheConnection) {
  const http_house house([](http_limits& limits) { limits.body_deadline = 50ms; });
  raw_connection one{house.port()};
  one.send(request(house.port(), "POST", "/v1/tasks", {}, "Content-Type: application/json\r\nContent-Length: 100\r\n") +
           "{");

  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpLimits, AnIdleConnectionIsClosed) {
  const http_house house([](http_limits& limits) { limits.idle = 50ms; });
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/healthz"));

  EXPECT_EQ(one.read().status, 200U);
  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpLimits, ASwarmThatDoesNotAnswerIsReported) {
  http_house house([](http_limits& limits) { limits.answer_deadline = 50ms; });
  house.swarm.hold();
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/tasks"));
  const auto late = one.read();

  EXPECT_EQ(late.status, 504U);
  EXPECT_THAT(late.body, testing::HasSubstr(R"("code":"timeout")"));

  // The late answer is not taken for the answer to the next request.
  house.swarm.release();
  one.send(request(house.port(), "GET", "/v1/nodes"));
  EXPECT_EQ(one.read().body, R"({"nodes":[]})");
}

TEST(HttpLimits, ConnectionsAreCountedInAll) {
  const http_house house([](http_limits& limits) { limits.connections = 3; });
  std::list<raw_connection> open;
  for (int i = 0; i < 3; ++i) {
    open.emplace_back(house.port()).send(request(house.port(), "GET", "/healthz"));
    EXPECT_EQ(open.back().read().status, 200U);
  }

  raw_connection one_more{house.port()};
  const auto refused = one_more.read();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_THAT(refused.body, testing::HasSubstr(R"("code":"overloaded")"));

  open.front().send(request(house.port(), "GET", "/healthz"));
  EXPECT_EQ(open.front().read().status, 200U) << "those inside are not disturbed";
}

TEST(HttpLimits, ConnectionsAreCountedByAddress) {
  const http_house house([](http_limits& limits) { limits.connections_per_address = 1; });
  raw_connection first{house.port()};
  first.send(request(house.port(), "GET", "/healthz"));
  EXPECT_EQ(first.read().status, 200U);

  EXPECT_EQ(raw_connection{house.port()}.read().status, 503U);
}

TEST(HttpLimits, AFreedPlaceIsTaken) {
  const http_house house([](http_limits& limits) { limits.connections = 1; });
  for (int i = 0; i < 20; ++i) {
    raw_connection one{house.port()};
    one.send(request(house.port(), "GET", "/healthz", {}, "Connection: close\r\n"));
    const auto answer = one.read();
    EXPECT_TRUE(one.is_closed_by_peer());
    EXPECT_TRUE(answer.status == 200 || (answer.status == 503 && i > 0)) << answer.status;
  }
  // The server may see a client's end a moment after the client: within the bound it must be free again.
  unsigned status = 0;
  for (int i = 0; i < 10'000 && status != 200; ++i) status = house.get("/healthz").status;
  EXPECT_EQ(status, 200U);
}

TEST(HttpLimits, RequestsOfOneConnectionAreCounted) {
  const http_house house([](http_limits& limits) { limits.requests_per_connection = 2; });
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/healthz"));
  EXPECT_EQ(one.read().header("Connection"), "");
  one.send(request(house.port(), "GET", "/healthz"));
  EXPECT_EQ(one.read().header("Connection"), "close");
  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpLimits, TooManyRequestsOfOneAddressAreToldWhenToReturn) {
  const http_house house([](http_limits& limits) {
    limits.requests_per_s = 0.1;
    limits.burst = 2;
  });
  EXPECT_EQ(house.get("/healthz").status, 200U);
  EXPECT_EQ(house.get("/healthz").status, 200U);

  const auto refused = house.get("/healthz");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.header("Retry-After"), "10");
}

}  // namespace
}  // namespace dunlin::net
