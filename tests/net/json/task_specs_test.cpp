// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/json/codec.hpp"

namespace dunlin::json {
namespace {

using testing::HasSubstr;

task_spec only(std::string_view text) {
  auto specs = parse_task_specs(text);
  EXPECT_TRUE(specs) << (specs ? "" : to_string(specs.error()));
  return specs && specs->size() == 1 ? specs->front() : task_spec{};
}

error refused(std::string_view text) {
  auto specs = parse_task_specs(text);
  EXPECT_FALSE(specs) << text;
  return specs ? error{errc::none} : specs.error();
}

TEST(TaskSpecs, OneSpecNeedsOnlyAKind) {
  task_spec expected;
  expected.shape.kind = "echo";

  EXPECT_EQ(only(R"({"kind": "echo"})"), expected);
}

TEST(TaskSpecs, ReadsEveryField) {
  const auto spec = only(R"({
    "name": "a", "kind": "train", "payload": "text", "priority": 7,
    "priority_boosts": [{"by": 2, "lasts_ms": 60000}], "capabilities": ["research", "gpu"],
    "resources": {"cpu_milli": 500, "host_bytes": 1, "gpu_milli": 250, "gpu_bytes": 18446744073709551615},
    "variants": [{"gpu_milli": 1000}, {"cpu_milli": 4000}], "sharing": "time_sliced", "isolation": "process",
    "resource_reservations": [{"starts_in_ms": 600000, "lasts_ms": 5000}],
    "timeout_ms": 1500, "target_latency_ms": 20,
    "retry": {"max_retries": 5, "delay_ms": 10, "exponential": false, "max_delay_ms": 100},
    "depends_on": ["b"], "affinity": {"node": "n1", "device": 0, "stream": -1},
    "checkpoint": {"interval_ms": 60000, "on_failure": true}, "on_lapse": "continue",
    "not_before_ms": 1, "deadline_ms": 253402300799999, "idempotency_key": "k", "labels": {"team": "x"}, "locks": ["model:x"]})");

  EXPECT_EQ(as_text(spec.payload), "text");
  EXPECT_EQ(spec.priority, 7);
  EXPECT_EQ(spec.priority_boosts, (std::vector<task_boost>{{2, 60s}}));
  EXPECT_EQ(spec.shape.capabilities, (std::vector<std::string>{"research", "gpu"}));
  EXPECT_EQ(spec.shape.needs, (resources{500, 1, 250, 18446744073709551615U}));
  EXPECT_EQ(spec.shape.variants, (std::vector<resources>{{0, 0, 1000, 0}, {4000, 0, 0, 0}}));
  EXPECT_EQ(spec.shape.reserved, (std::vector<task_reservation>{{600s, 5s}}));
  EXPECT_EQ(spec.shape.sharing, sharing_pattern::time_sliced);
  EXPECT_EQ(spec.shape.isolation, isolation_mode::process);
  EXPECT_EQ(spec.shape.timeout, 1500ms);
  EXPECT_EQ(spec.shape.target_latency, 20ms);
  EXPECT_EQ(spec.shape.retry, (retry_policy{5, 10ms, false, 100ms}));
  EXPECT_EQ(spec.depends_on, std::vector<std::string>{"b"});
  EXPECT_EQ(spec.shape.where, (affinity{"n1", 0, -1}));
  EXPECT_EQ(spec.shape.checkpoint, (checkpoint_policy{60'000ms, true}));
  EXPECT_EQ(spec.shape.on_lapse, lapse_rule::carry_on);
  EXPECT_EQ(spec.not_before, 1);
  EXPECT_EQ(spec.deadline, 253402300799999);
  EXPECT_EQ(spec.idempotency_key, "k");
  EXPECT_EQ(spec.labels, (std::vector<label>{{"team", "x"}}));
  EXPECT_EQ(spec.locks, (std::vector<std::string>{"model:x"}));
}

TEST(TaskSpecs, PriorityHasNames) {
  const auto priority = [](const std::string& name) {
    return int{only(R"({"kind": "k", "priority": ")" + name + "\"}").priority};
  };
  EXPECT_EQ(priority("LOW"), 2);
  EXPECT_EQ(priority("low"), 2);
  EXPECT_EQ(priority("MEDIUM"), 5);
  EXPECT_EQ(priority("normal"), 5);
  EXPECT_EQ(priority("HIGH"), 8);
  EXPECT_EQ(priority("Critical"), 10);
}

TEST(TaskSpecs, PayloadMayBeBase64) {
  const auto spec = only(R"({"kind": "k", "payload": {"base64": "AP8="}})");

  EXPECT_EQ(spec.payload, (bytes{std::byte{0}, std::byte{255}}));
}

TEST(TaskSpecs, TakesAnArrayOrATasksMember) {
  EXPECT_EQ(parse_task_specs(R"([{"kind": "a"}, {"kind": "b"}])")->size(), 2U);
  EXPECT_EQ(parse_task_specs(R"({"tasks": [{"kind": "a"}, {"kind": "b"}]})")->size(), 2U);
}

TEST(TaskSpecs, AnUnknownKeyNamesTheNearestAndItsPath) {
  const auto why = refused(R"({"tasks": [{"kind": "a"}, {"kind": "b", "resources": {"gpu_mili": 1}}]})");

  EXPECT_EQ(why.code, errc::unknown_field);
  EXPECT_EQ(why.path, "tasks[1].resources.gpu_mili");
  EXPECT_EQ(why.hint, "did you mean 'gpu_milli'?");
}

TEST(TaskSpecs, AnUnknownKeyBesideTasksIsRefused) {
  const auto why = refused(R"({"tasks": [{"kind": "a"}], "kind": "b"})");

  EXPECT_EQ(why.code, errc::unknown_field);
  EXPECT_EQ(why.path, "kind");
}

struct bad_case {
  const char* text;
  errc code;
  const char* path;
};

class BadTaskSpec : public testing::TestWithParam<bad_case> {};

TEST_P(BadTaskSpec, IsRefusedWithCodeAndPath) {
  const auto why = refused(GetParam().text);

  EXPECT_EQ(to_string(why.code), to_string(GetParam().code)) << GetParam().text << "\n" << to_string(why);
  EXPECT_EQ(why.path, GetParam().path) << GetParam().text;
  EXPECT_FALSE(why.context.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadTaskSpec,
    testing::Values(
        bad_case{R"({})", errc::missing_field, "kind"},
        bad_case{R"([{"kind": "a"}, {"name": "b"}])", errc::missing_field, "tasks[1].kind"},
        bad_case{R"([])", errc::invalid_argument, "tasks"},
        bad_case{R"({"tasks": []})", errc::invalid_argument, "tasks"}, bad_case{R"(7)", errc::wrong_type, ""},
        bad_case{R"([7])", errc::wrong_type, "tasks[0]"}, bad_case{R"({"tasks": 7})", errc::wrong_type, "tasks"},
        bad_case{R"({"kind": 7})", errc::wrong_type, "kind"}, bad_case{R"({"kind": null})", errc::wrong_type, "kind"},
        bad_case{R"({"kind": "a", "priority": 0})", errc::invalid_argument, "priority"},
        bad_case{R"({"kind": "a", "priority": 11})", errc::invalid_argument, "priority"},
        bad_case{R"({"kind": "a", "priority": 256})", errc::invalid_argument, "priority"},
        bad_case{R"({"kind": "a", "priority": "urgent"})", errc::invalid_argument, "priority"},
        bad_case{R"({"kind": "a", "priority": 5.0})", errc::wrong_type, "priority"},
        bad_case{R"({"kind": "a", "payload": 5})", errc::wrong_type, "payload"},
        bad_case{R"({"kind": "a", "payload": {"base64": "!"}})", errc::malformed, "payload.base64"},
        bad_case{R"({"kind": "a", "payload": {"base64": "", "x": 1}})", errc::wrong_type, "payload"},
        bad_case{R"({"kind": "a", "resources": {"gpu_milli": -1}})", errc::invalid_argument, "resources.gpu_milli"},
        bad_case{R"({"kind": "a", "resources": {"gpu_milli": 4294967296}})", errc::invalid_argument,
                 "resources.gpu_milli"},
        bad_case{R"({"kind": "a", "resources": {"gpu_bytes": 18446744073709551616}})", errc::wrong_type,
                 "resources.gpu_bytes"},
        bad_case{R"({"kind": "a", "variants": [{}, {"cpu": 1}]})", errc::unknown_field, "variants[1].cpu"},
        bad_case{R"({"kind": "a", "sharing": "exclusiv"})", errc::invalid_argument, "sharing"},
        bad_case{R"({"kind": "a", "isolation": true})", errc::wrong_type, "isolation"},
        bad_case{R"({"kind": "a", "timeout_ms": -1})", errc::invalid_argument, "timeout_ms"},
        bad_case{R"({"kind": "a", "timeout_ms": 9223372036854775808})", errc::invalid_argument, "timeout_ms"},
        bad_case{R"({"kind": "a", "retry": {"exponential": 1}})", errc::wrong_type, "retry.exponential"},
        bad_case{R"({"kind": "a", "depends_on": "b"})", errc::wrong_type, "depends_on"},
        bad_case{R"({"kind": "a", "depends_on": ["b", 1]})", errc::wrong_type, "depends_on[1]"},
        bad_case{R"({"kind": "a", "affinity": {"device": 2147483648}})", errc::invalid_argument, "affinity.device"},
        bad_case{R"({"kind": "a", "labels": {"x": 1}})", errc::wrong_type, "labels.x"},
        bad_case{R"({"kind": "a", "labels": [["x", "y"]]})", errc::wrong_type, "labels"}));

TEST(TaskSpecs, AWrongNameIsAnsweredWithTheRightOne) {
  EXPECT_EQ(refused(R"({"kind": "a", "sharing": "exclusiv"})").hint, "did you mean 'exclusive'?");
  EXPECT_THAT(refused(R"({"kind": "a", "priority": "urgent"})").hint, HasSubstr("critical"));
}

}  // namespace
}  // namespace dunlin::json
