// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "net/gateway/gateway.hpp"
#include "net/json/codec.hpp"
#include "tests/support/fake_service.hpp"

namespace dunlin::net {

struct inline_poster final : poster {
  void post(std::function<void()> work) override { work(); }
};

/// A gateway before a small swarm, without a socket; each call returns its answer.
struct api {
  test::fake_service swarm{test::fake_service::answers::inline_answers};
  wall_ms now = 1'000'000;
  gateway door{swarm, std::make_shared<inline_poster>(), [this] { return now; }};

  http_answer call(http_request request) {
    http_answer out;
    int answers = 0;
    door.handle(std::move(request), [&](http_answer given) {
      out = std::move(given);
      ++answers;
    });
    EXPECT_EQ(answers, 1);
    return out;
  }
  http_answer get(const std::string& target) { return call({"GET", target, {}, {}, {}, {}}); }
  http_answer erase(const std::string& target) { return call({"DELETE", target, {}, {}, {}, {}}); }
  http_answer post(const std::string& target, const std::string& body = {}) {
    return call({"POST", target, body, body.empty() ? "" : "application/json", {}, {}});
  }
};

inline error error_of(const http_answer& answer) {
  auto why = json::parse_as<error>(answer.body);
  EXPECT_TRUE(why) << answer.body;
  return why ? *why : error{};
}

}  // namespace dunlin::net
