// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/gate.hpp"

#include <gtest/gtest.h>

namespace dunlin::net {
namespace {

const gate door = gate::for_loopback("secret", 8'080, {"swarm.test:8080"}, {"http://page.test"});

credentials good() { return {"127.0.0.1:8080", 1, "", 0, "Bearer secret", 1}; }

errc admitted(const credentials& shown, bool needs_token = true) {
  const auto in = door.admit(shown, needs_token);
  return in ? errc::none : in.error().code;
}

TEST(Gate, LetsInWhoShowsAllThree) { EXPECT_EQ(admitted(good()), errc::none); }

TEST(Gate, GoesByItsLoopbackNamesAndTheListedOnes) {
  for (const auto* host : {"127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080", "swarm.test:8080"}) {
    auto shown = good();
    shown.host = host;
    EXPECT_EQ(admitted(shown), errc::none) << host;
  }
}

TEST(Gate, RefusesEveryOtherHost) {
  for (const auto* host :
       {"", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:80800", "evil.test:8080", "localhost.evil.test:8080",
        "localhost:8080.evil.test", "0.0.0.0:8080", "127.0.0.1:8080 ", "[::1]"}) {
    auto shown = good();
    shown.host = host;
    EXPECT_EQ(admitted(shown), errc::forbidden) << host;
    EXPECT_EQ(admitted(shown, false), errc::forbidden) << host;
  }
}

TEST(Gate, NeedsExactlyOneHost) {
  auto none = good();
  none.hosts = 0;
  auto two = good();
  two.hosts = 2;
  EXPECT_EQ(admitted(none), errc::malformed);
  EXPECT_EQ(admitted(two), errc::malformed);
}

TEST(Gate, AnOriginMustBeOneOfOurs) {
  auto shown = good();
  shown.origins = 1;
  for (const auto* origin :
       {"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "http://page.test"}) {
    shown.origin = origin;
    EXPECT_EQ(admitted(shown), errc::none) << origin;
  }
  for (const auto* origin : {"", "null", "http://evil.test", "https://127.0.0.1:8080", "http://127.0.0.1", "*"}) {
    shown.origin = origin;
    EXPECT_EQ(admitted(shown), errc::forbidden) << origin;
    EXPECT_EQ(admitted(shown, false), errc::forbidden) << origin;
  }
}

TEST(Gate, TwoOriginsAreRefused) {
  auto shown = good();
  shown.origin = "http://127.0.0.1:8080";
  shown.origins = 2;
  EXPECT_EQ(admitted(shown), errc::forbidden);
}

TEST(Gate, TheTokenMustMatchWhole) {
  auto shown = good();
  for (const auto* text : {"", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Bearer Secret",
                           "Basic secret", "Bearer  secret", "Bearer secret "}) {
    shown.authorization = text;
    EXPECT_EQ(admitted(shown), errc::unauthorised) << text;
  }
  shown.authorization = "bearer secret";
  EXPECT_EQ(admitted(shown), errc::none);
}

TEST(Gate, OneTokenOnly) {
  auto shown = good();
  shown.authorizations = 0;
  EXPECT_EQ(admitted(shown), errc::unauthorised);
  shown.authorizations = 2;
  EXPECT_EQ(admitted(shown), errc::unauthorised);
}

TEST(Gate, AnOpenAddressNeedsNoToken) {
  auto shown = good();
  shown.authorizations = 0;
  EXPECT_EQ(admitted(shown, false), errc::none);
}

TEST(Gate, PortEightyNeedsNoPortInItsName) {
  const auto eighty = gate::for_loopback("secret", 80, {}, {});
  auto shown = good();
  shown.host = "localhost";
  EXPECT_TRUE(eighty.admit(shown, true));
}

TEST(Gate, NeverRepeatsTheToken) {
  auto shown = good();
  shown.authorization = "Bearer canary-value";
  const auto why = door.admit(shown, true).error();
  EXPECT_EQ(to_string(why).find("canary"), std::string::npos);
  EXPECT_EQ(to_string(why).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace dunlin::net
