// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using test::raw_connection;

constexpr std::array<std::string_view, 7> methods{"GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"};
constexpr std::array<std::string_view, 9> addresses{
    "/metrics",  "/tasks",       "/gpus",    "/v1/tasks",           "/v1/tasks/00000000000000000000000001",
    "/v1/nodes", "/v1/shutdown", "/nothing", "/healthz/../v1/tasks"};

struct shown {
  std::string host;
  std::string origin;
  std::string authorization;
};

std::string text_of(std::string_view method, std::string_view target, const shown& headers) {
  auto out = std::string{method} + ' ' + std::string{target} + " HTTP/1.1\r\n";
  if (!headers.host.empty()) out += "Host: " + headers.host + "\r\n";
  if (!headers.origin.empty()) out += "Origin: " + headers.origin + "\r\n";
  if (!headers.authorization.empty()) out += "Authorization: " + headers.authorization + "\r\n";
  return out + "\r\n";
}

class HttpSecurity : public testing::Test {
 protected:
  unsigned ask(std::string_view method, std::string_view target, const shown& headers) {
    raw_connection one{house_.port()};
    one.send(text_of(method, target, headers));
    return one.read().status;
  }
  /// Asks every address by every method.
  void expect_all(unsigned status, const shown& headers) {
    for (const auto method : methods)
      for (const auto target : addresses) EXPECT_EQ(ask(method, target, headers), status) << method << ' ' << target;
    EXPECT_FALSE(house_.swarm.stopped);
  }

  http_house house_;
  const std::string host_ = "127.0.0.1:" + std::to_string(house_.port());
  const std::string good_ = "Bearer " + std::string{test::test_token};
};

TEST_F(HttpSecurity, EveryMethodNeedsTheTokenEverywhere) {
  expect_all(401, {host_, {}, {}});
  expect_all(401, {host_, {}, "Bearer wrong"});
}

TEST_F(HttpSecurity, EveryMethodNeedsAnOwnHostEverywhere) {
  expect_all(403, {"evil.test", {}, good_});
  expect_all(403, {"127.0.0.1:1", {}, good_});
}

TEST_F(HttpSecurity, EveryMethodRefusesAForeignOriginEverywhere) {
  expect_all(403, {host_, "http://evil.test", good_});
  expect_all(403, {host_, "null", good_});
}

TEST_F(HttpSecurity, OpenAddressesStillNeedHostAndOrigin) {
  for (const auto* target : {"/healthz", "/readyz", "/healthz/"}) {
    EXPECT_EQ(ask("GET", target, {host_, {}, {}}), 200U);
    EXPECT_EQ(ask("GET", target, {"evil.test", {}, {}}), 403U);
    EXPECT_EQ(ask("GET", target, {host_, "http://evil.test", {}}), 403U);
    EXPECT_EQ(ask("GET", target, {{}, {}, {}}), 400U);
  }
}

TEST_F(HttpSecurity, OurOwnPageIsLetIn) { EXPECT_EQ(ask("GET", "/tasks", {host_, "http://" + host_, good_}), 200U); }

TEST_F(HttpSecurity, ARefusalIsJsonWithoutSecrets) {
  raw_connection one{house_.port()};
  one.send(text_of("GET", "/tasks", {host_, {}, "Bearer canary-value"}));

  const auto answer = one.read();

  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
  EXPECT_THAT(answer.body, testing::StartsWith(R"({"error":{"code":"unauthorised")"));
  EXPECT_THAT(answer.head + answer.body, testing::Not(testing::HasSubstr("canary")));
  EXPECT_THAT(answer.head + answer.body, testing::Not(testing::HasSubstr(std::string{test::test_token})));
}

TEST_F(HttpSecurity, EveryAnswerCarriesTheSecurityHeaders) {
  for (const auto* target : {"/healthz", "/tasks", "/nothing"}) {
    const auto answer = house_.get(target);
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
    EXPECT_EQ(answer.header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'") << target;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << target;
  }
}

TEST_F(HttpSecurity, ARefusedBodyIsNeverReadAsTheNextRequest) {
  raw_connection one{house_.port()};
  const auto smuggled = text_of("POST", "/v1/shutdown", {host_, {}, good_});
  one.send("POST /v1/tasks HTTP/1.1\r\nHost: " + host_ + "\r\nContent-Length: " + std::to_string(smuggled.size()) +
           "\r\n\r\n" + smuggled);

  EXPECT_EQ(one.read().status, 401U);
  EXPECT_TRUE(one.is_closed_by_peer());
  EXPECT_FALSE(house_.swarm.stopped);
}

}  // namespace
}  // namespace dunlin::net
