// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <random>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using test::raw_connection;
using test::request;

TEST(HttpFraming, OneConnectionServesManyRequests) {
  const http_house house;
  raw_connection one{house.port()};

  for (int i = 0; i < 10; ++i) {
    one.send(request(house.port(), "GET", "/tasks"));
    EXPECT_EQ(one.read().status, 200U);
  }
}

TEST(HttpFraming, PipelinedRequestsAreAnsweredInOrder) {
  const http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/healthz") + request(house.port(), "GET", "/nothing") +
           request(house.port(), "POST", "/v1/tasks", R"({"kind": "a"})") + request(house.port(), "GET", "/tasks"));

  EXPECT_EQ(one.read().status, 200U);
  EXPECT_EQ(one.read().status, 404U);
  EXPECT_EQ(one.read().status, 201U);
  EXPECT_THAT(one.read().body, testing::HasSubstr(R"("task_type":"a")"));
}

TEST(HttpFraming, ARequestMayComeByteByByte) {
  const http_house house;
  raw_connection one{house.port()};
  for (const char c : request(house.port(), "POST", "/v1/tasks", R"({"kind": "a"})")) one.send({&c, 1});

  EXPECT_EQ(one.read().status, 201U);
}

TEST(HttpFraming, AChunkedBodyIsTaken) {
  http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "POST", "/v1/tasks", {},
                   "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n") +
           "7\r\n{\"kind\"\r\n5\r\n:\"a\"}\r\n0\r\n\r\n");

  EXPECT_EQ(one.read().status, 201U);
  EXPECT_EQ(house.swarm.submitted.at(0).shape.kind, "a");
}

TEST(HttpFraming, AClientThatAsksMayGoOn) {
  const http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "POST", "/v1/tasks", {},
                   "Content-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(one.read().status, 100U);

  one.send(R"({"kind":"a"})");
  EXPECT_EQ(one.read().status, 201U);
}

TEST(HttpFraming, ConnectionCloseIsObeyed) {
  const http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "GET", "/tasks", {}, "Connection: close\r\n"));

  EXPECT_EQ(one.read().header("Connection"), "close");
  EXPECT_TRUE(one.is_closed_by_peer());
}

TEST(HttpFraming, AnAnswerToHeadHasNoBody) {
  const http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "HEAD", "/tasks") + request(house.port(), "GET", "/healthz"));

  const auto answer = one.read();
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.header("Content-Length"), "0");
  EXPECT_EQ(one.read().status, 200U);
}

struct bad_framing {
  const char* name;
  const char* headers;
  unsigned status;
};

class HttpBadFraming : public testing::TestWithParam<bad_framing> {};

TEST_P(HttpBadFraming, IsRefusedAndTheConnectionEnds) {
  http_house house;
  raw_connection one{house.port()};
  one.send(request(house.port(), "POST", "/v1/shutdown", {}, GetParam().headers) + "0\r\n\r\n");

  EXPECT_EQ(one.read().status, GetParam().status);
  EXPECT_TRUE(one.is_closed_by_peer());
  EXPECT_FALSE(house.swarm.stopped);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, HttpBadFraming,
    testing::Values(bad_framing{"length_twice", "Content-Length: 4\r\nContent-Length: 5\r\n", 400},
                    bad_framing{"both", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400},
                    bad_framing{"both_reversed", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", 400},
                    bad_framing{"negative", "Content-Length: -1\r\n", 400},
                    bad_framing{"signed", "Content-Length: +4\r\n", 400},
                    bad_framing{"hex", "Content-Length: 0x4\r\n", 400},
                    bad_framing{"list", "Content-Length: 4, 5\r\n", 400},
                    bad_framing{"huge", "Content-Length: 99999999999999999999999\r\n", 400},
                    bad_framing{"coding", "Transfer-Encoding: gzip\r\n", 400},
                    bad_framing{"codings", "Transfer-Encoding: gzip, chunked\r\n", 400},
                    bad_framing{"coding_twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
                    bad_framing{"space_before_colon", "X : y\r\n", 400}, bad_framing{"bare_newline", "X: y\n\n", 400}),
    [](const auto& each) { return each.param.name; });

TEST(HttpFraming, WhatIsNotHttpIsRefused) {
  const http_house house;
  for (const auto* text : {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1 x\r\n\r\n",
                           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    raw_connection one{house.port()};
    one.send(text);
    EXPECT_THAT(one.read().status, testing::AnyOf(400U, 505U)) << text;
    EXPECT_TRUE(one.is_closed_by_peer());
  }
}

TEST(HttpFraming, RandomBytesLeaveTheServerAlive) {
  const http_house house;
  std::mt19937 random{20'260'101};
  for (int round = 0; round < 200; ++round) {
    auto text = request(house.port(), "POST", "/v1/tasks", R"({"kind":"a","labels":{"k":"v"}})");
    for (int i = 0; i < 5; ++i) text[random() % text.size()] = static_cast<char>(random());
    raw_connection one{house.port()};
    one.send(text);
  }
  EXPECT_EQ(house.get("/healthz").status, 200U);
}

}  // namespace
}  // namespace dunlin::net
