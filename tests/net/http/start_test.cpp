// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::fake_service;
using test::http_house;
using testing::HasSubstr;

error start_error(http_config config) {
  fake_service swarm;
  auto server = http_server::start(std::move(config), swarm);
  return server ? error{errc::none} : server.error();
}

http_config on(std::string address, std::uint16_t port = 0) {
  http_config out;
  out.address = std::move(address);
  out.port = port;
  out.token = "t";
  return out;
}

TEST(HttpStart, ServesOnAFreePort) {
  const http_house house;

  EXPECT_NE(house.port(), 0);
  EXPECT_EQ(house.server->url(), "http://127.0.0.1:" + std::to_string(house.port()));
  EXPECT_EQ(house.get("/healthz").status, 200U);
}

TEST(HttpStart, APortInUseIsSaidPlainly) {
  const http_house house;

  const auto why = start_error(on("127.0.0.1", house.port()));

  EXPECT_EQ(why.code, errc::already_running);
  EXPECT_THAT(why.context, HasSubstr("port " + std::to_string(house.port())));
  EXPECT_FALSE(why.hint.empty());
}

TEST(HttpStart, OnlyLoopbackIsServed) {
  for (const auto* address : {"0.0.0.0", "10.0.0.1", "192.168.1.1", "::", "2001:db8::1", "::ffff:127.0.0.1"})
    EXPECT_EQ(start_error(on(address)).code, errc::address_refused) << address;
  EXPECT_EQ(start_error(on("127.0.0.2")).code, errc::none);
  EXPECT_EQ(start_error(on("localhost")).code, errc::none);
}

TEST(HttpStart, ANameIsNotAnAddress) { EXPECT_EQ(start_error(on("swarm.test")).code, errc::invalid_argument); }

TEST(HttpStart, NeverWithoutAToken) {
  auto config = on("127.0.0.1");
  config.token.clear();
  EXPECT_EQ(start_error(config).code, errc::invalid_argument);
}

TEST(HttpStart, APortIsFreeAgainAfterTheEnd) {
  std::uint16_t port = 0;
  {
    const http_house house;
    port = house.port();
    EXPECT_EQ(house.get("/healthz").status, 200U);
  }
  EXPECT_EQ(start_error(on("127.0.0.1", port)).code, errc::none);
}

}  // namespace
}  // namespace dunlin::net
