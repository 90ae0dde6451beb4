// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <future>

#include "tests/net/gateway/api.hpp"

namespace dunlin::net {
namespace {

using testing::HasSubstr;

std::string header(const http_answer& answer, std::string_view name) {
  for (const auto& [key, content] : answer.headers)
    if (key == name) return content;
  return {};
}

TEST(Refusals, AnUnknownAddressNamesTheNearest) {
  api gate;

  const auto answer = gate.get("/v1/task");

  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(error_of(answer).hint, "did you mean /v1/tasks?");
  EXPECT_EQ(gate.get("/").status, 404U);
  EXPECT_EQ(gate.get("//healthz").status, 404U);
  EXPECT_EQ(gate.get("/v1/tasks/x/y/z").status, 404U);
}

TEST(Refusals, AWrongMethodNamesTheRightOnes) {
  api gate;

  const auto answer = gate.call({"PUT", "/v1/tasks", {}, {}, {}, {}});

  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(header(answer, "Allow"), "POST, GET, DELETE");
  EXPECT_EQ(gate.call({"OPTIONS", "/healthz", {}, {}, {}, {}}).status, 405U);
}

TEST(Refusals, ABodyMustBeDeclaredAsJson) {
  api gate;
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
    EXPECT_EQ(gate.call({"POST", "/v1/tasks", R"({"kind": "a"})", type, {}, {}}).status, 415U) << type;
  EXPECT_EQ(gate.call({"POST", "/v1/tasks", R"({"kind": "a"})", "application/json; charset=utf-8", {}, {}}).status,
            201U);
}

TEST(Refusals, ABadSpecIsRefusedWholeWithItsPath) {
  api gate;

  const auto answer =
      gate.post("/v1/tasks", R"({"tasks": [{"kind": "a"}, {"kind": "b", "resources": {"gpu_mili": 1}}]})");

  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(error_of(answer).path, "tasks[1].resources.gpu_mili");
  EXPECT_TRUE(gate.swarm.submitted.empty());
}

TEST(Refusals, AnEmptyBodyIsNoTask) {
  api gate;
  EXPECT_EQ(gate.post("/v1/tasks").status, 400U);
}

struct failing_case {
  errc code;
  unsigned status;
};

class ServiceErrors : public testing::TestWithParam<failing_case> {};

TEST_P(ServiceErrors, ReachTheClientWhole) {
  api gate;
  const error why{GetParam().code, "the cause", "the hint", "tasks[0].kind"};
  gate.swarm.fail_next(why);

  const auto answer = gate.post("/v1/tasks", R"({"kind": "a"})");

  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(error_of(answer), why);
  EXPECT_EQ(header(answer, "Retry-After").empty(), answer.status != 429 && answer.status != 503);
}

INSTANTIATE_TEST_SUITE_P(Submit, ServiceErrors,
                         testing::Values(failing_case{errc::unknown_kind, 422}, failing_case{errc::infeasible, 422},
                                         failing_case{errc::cyclic_dependency, 422}, failing_case{errc::too_large, 413},
                                         failing_case{errc::duplicate_key, 409}, failing_case{errc::overloaded, 429},
                                         failing_case{errc::store_unavailable, 503},
                                         failing_case{errc::shutting_down, 503}, failing_case{errc::timeout, 504},
                                         failing_case{errc::internal, 500}));

TEST(Refusals, EveryReadPassesTheServicesErrorOn) {
  api gate;
  const auto id = to_string(gate.swarm.put());
  for (const auto& path :
       {std::string{"/tasks"}, std::string{"/gpus"}, std::string{"/metrics"}, std::string{"/readyz"},
        std::string{"/v1/tasks"}, "/v1/tasks/" + id, "/v1/tasks/" + id + "/events", "/v1/tasks/" + id + "/explain",
        std::string{"/v1/nodes"}, std::string{"/v1/agents"}, std::string{"/v1/devices"}}) {
    gate.swarm.fail_next(error{errc::store_unavailable, "the disk is full"});
    EXPECT_EQ(gate.get(path).status, 503U) << path;
    EXPECT_EQ(gate.get(path).status, 200U) << path;
  }
}

TEST(Refusals, ATaskIdMustBeOne) {
  api gate;
  for (const auto* path : {"/v1/tasks/7", "/v1/tasks/..%2f..%2fetc", "/v1/tasks/7/events", "/v1/tasks/7/explain"})
    EXPECT_THAT(gate.get(path).status, testing::AnyOf(400U, 404U)) << path;
  EXPECT_EQ(error_of(gate.get("/v1/tasks/7")).path, "id");
  EXPECT_EQ(gate.get("/v1/tasks/00000000000000000000000001").status, 404U);
}

TEST(Refusals, AnUnknownParameterIsRefusedEverywhere) {
  api gate;
  const auto id = to_string(gate.swarm.put());
  for (const auto& path :
       {std::string{"/v1/tasks"}, std::string{"/tasks"}, "/v1/tasks/" + id, "/v1/tasks/" + id + "/events",
        "/v1/tasks/" + id + "/explain", std::string{"/v1/nodes"}, std::string{"/gpus"}})
    EXPECT_EQ(error_of(gate.get(path + "?token=x")).code, errc::unknown_field) << path;
}

TEST(Refusals, AnAbandonedRequestIsNotAnswered) {
  test::fake_service swarm;
  gateway door{swarm, std::make_shared<inline_poster>(), [] { return wall_ms{0}; }};
  swarm.hold();
  bool answered = false;

  door.handle({"GET", "/tasks", {}, {}, {}, {}}, [&](const http_answer&) { answered = true; })->abandon();
  ASSERT_TRUE(swarm.wait_for_held(1));
  swarm.release();

  // The next answer comes after the abandoned one.
  std::promise<void> after;
  swarm.readiness([&](const result<std::string>&) { after.set_value(); });
  ASSERT_EQ(after.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace dunlin::net
