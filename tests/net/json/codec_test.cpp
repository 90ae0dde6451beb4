// SPDX-License-Identifier: Apache-2.0
#include "net/json/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::json {
namespace {

using testing::HasSubstr;

contract_view a_contract() {
  contract_view out;
  out.id = {4};
  out.agent = {5};
  out.state = contract_state::recalled;
  out.pattern = sharing_pattern::space_partitioned;
  out.priority = 6;
  out.inherited_priority = 8;
  out.token = 41;
  out.requested = {250, 500, 1'000, 2s, 25, true};
  out.granted = {2, 1'000, 5ms, 1, {0, 3}};
  out.compute_enforcement = enforcement::cooperative;
  out.memory_enforcement = enforcement::hard;
  out.shared_with = {{6}};
  out.age = 7s;
  out.remaining = 8s;
  out.used = {7, 900, 3, exactness::exact, 11};
  out.why = "because";
  out.change = "something else";
  return out;
}

task_record finished_record() {
  task_record record;
  record.id = {0x0123'4567'89ab'cdef, 42};
  record.spec.name = "one";
  record.spec.shape.kind = "echo";
  record.submitted = 1'000;
  record.dependencies = {{1, 2}};
  record.progress = {50, "half", 5, 10};
  record.status.state = task_state::failed;
  record.status.attempt = 2;
  record.status.epoch = make_epoch(3, 4);
  record.status.owner = "n1";
  record.status.owner_incarnation = {0xffff'ffff'ffff'fffe};
  record.status.code = errc::handler_failed;
  record.status.why = "said \"no\"";
  record.status.output = {std::byte{0xff}, std::byte{0}};
  record.status.usage = {1, 2, 3, 4, {{"cuda:1", "done first", true, 5, exactness::upper_bound}}};
  return record;
}

TEST(Codec, ARecordReadsBack) {
  const auto record = finished_record();

  EXPECT_EQ(parse_as<task_record>(to_json(record)), record);
}

TEST(Codec, ARecordSpellsWhatUsersRead) {
  const auto text = to_json(finished_record());

  EXPECT_THAT(text, HasSubstr(R"("state":"failed")"));
  EXPECT_THAT(text, HasSubstr(R"("code":"handler_failed","why":"said \"no\"")"));
  EXPECT_THAT(text, HasSubstr(R"("output":{"base64":"/wA="})"));
  EXPECT_THAT(text, HasSubstr(R"("owner_incarnation":"fffffffffffffffe")"));
}

TEST(Codec, ARecordHasTheMetricsOfItsResult) {
  auto record = finished_record();
  record.status.finished = 2'000;
  record.status.usage = {0, 8'000'000, 0, 1U << 20U, {{"cuda:1", "done first", true, 2'000'000, exactness::exact}}};
  EXPECT_THAT(to_json(record), HasSubstr(R"("metrics":{"gpu_utilization":25,"memory_usage_mb":1,"kernel_time_ms":2})"));

  record.status.usage.device.clear();
  EXPECT_THAT(to_json(record), HasSubstr(R"x("metrics":{"gpu_utilization":"n/a (it ran on a processor)",)x"));
  EXPECT_EQ(parse_as<task_record>(to_json(record)), record);
}

TEST(Codec, TextOutputIsAString) {
  task_record record;
  record.status.output = to_bytes("grüße\n");

  EXPECT_THAT(to_json(record), HasSubstr(R"("output":"grüße\n")"));
}

TEST(Codec, AnErrorReadsBackWithAllItsParts) {
  const error why{errc::unknown_kind, "no node knows 'trian'", "did you mean 'train'?", "tasks[3].kind"};

  EXPECT_EQ(parse_as<error>(to_json(why)), why);
  EXPECT_THAT(to_json(why), testing::StartsWith(R"({"error":{"code":"unknown_kind","message":)"));
}

TEST(Codec, AKeyFromANewerServerIsIgnored) {
  const auto page = parse_as<task_page>(R"({"tasks": [], "next": null, "total": 7})");

  ASSERT_TRUE(page);
  EXPECT_FALSE(page->next);
}

TEST(Codec, PagesReadBack) {
  const task_page tasks{{finished_record()}, task_id{5, 6}};
  EXPECT_EQ(parse_as<task_page>(to_json(tasks))->tasks, tasks.tasks);
  EXPECT_EQ(parse_as<task_page>(to_json(tasks))->next, tasks.next);

  event_page events;
  events.events = {{{1, 2}, 7, 8, transition::lease_lost, task_state::pending, 1, 2, "n1", "gone"}};
  events.next = 7;
  EXPECT_EQ(parse_as<event_page>(to_json(events))->events, events.events);
  EXPECT_EQ(
      parse_as<answer_page>(R"({"tasks":[{"id":"00000000000000000000000001","existed":true}]})")->tasks[0].existed,
      true);
  EXPECT_EQ(parse_as<erased>(to_json(erased{9}))->count, 9U);
}

TEST(Codec, ViewsReadBack) {
  const agent_class agents{"train", {"gpu"}, isolation_mode::process, 3, "1.2"};
  const device_summary device{{2}, "cuda", "H200", 132, 1ULL << 37U, "hard"};
  node_view node{"n1", {7}, "alive", 99, 1, 2, 32, 500, 1024, 4, {agents}, {device}};

  const auto nodes = parse_as<node_page>(to_json(node_page{{node}}));
  ASSERT_TRUE(nodes);
  EXPECT_EQ(nodes->nodes.at(0).agents, node.agents);
  EXPECT_EQ(nodes->nodes.at(0).devices, node.devices);
  EXPECT_EQ(nodes->nodes.at(0).life, node.life);

  const auto seen = parse_as<agent_page>(to_json(agent_page{{{"n1", agents}}}));
  EXPECT_EQ(seen->agents.at(0).agents, agents);

  const choice_view choice{true, 2, "why", "when", {{sharing_pattern::exclusive, 1.5}, {sharing_pattern::pipeline, 0}}};
  device_view view{"n1",       device,  {sharing_pattern::exclusive, {a_contract()}, 1, 3, 4, 5, choice}, 77, 1,
                   "too much", "not so"};
  view.figures = {-1, "not measured yet", 6, {{9, 1, 2, 3, 3, 4}}, {{"power_watts", 70.5}}};
  EXPECT_THAT(to_json(device_page{{view}}), HasSubstr(R"({"pattern":"pipeline","slowdown":null})"));
  const auto devices = parse_as<device_page>(to_json(device_page{{view}}));
  EXPECT_EQ(devices->devices.at(0).device, device);
  EXPECT_EQ(devices->devices.at(0).sharing, view.sharing);
  EXPECT_EQ(devices->devices.at(0).alarm, view.alarm);
  EXPECT_EQ(devices->devices.at(0).refusal, "not so");
  EXPECT_EQ(devices->devices.at(0).figures, view.figures);
  EXPECT_THAT(to_json(device_page{{view}}), HasSubstr(R"("busy_permille":null,"why_unmeasured":"not measured yet")"));
}

TEST(Codec, ALeaseSaysWhatWasAskedGrantedEnforcedAndUsed) {
  const auto text = to_json(lease_page{{{"n1", {2}, a_contract()}}});

  EXPECT_THAT(text, HasSubstr(R"("requested":{"compute_milli":250,)"));
  EXPECT_THAT(text, HasSubstr(R"("granted":{"compute_units":2,"units":[0,3],)"));
  EXPECT_THAT(text, HasSubstr(R"("compute_enforcement":"cooperative","memory_enforcement":"hard")"));
  EXPECT_THAT(text, HasSubstr(R"("used":{"busy_is":"exact","busy_ns":7,"launches":3,)"));
  const auto read = parse_as<lease_page>(text);
  EXPECT_EQ(read->leases.at(0).contract, a_contract());
  EXPECT_EQ(read->leases.at(0).device, device_id{2});
}

TEST(Codec, WhatNobodyMeasuredIsNullNotZero) {
  auto unmeasured = a_contract();
  unmeasured.used = {};
  const auto text = to_json(lease_page{{{"n1", {2}, unmeasured}}});

  EXPECT_THAT(text, HasSubstr(R"("used":{"busy_is":"unmeasured","busy_ns":null,"launches":null,)"));
  EXPECT_EQ(parse_as<lease_page>(text)->leases.at(0).contract.used, share_use{});
}

TEST(Codec, AnExplanationReadsBack) {
  const task_explanation why{{1, 2}, task_state::pending, "waits", "add a node", {{"n1", false, "full"}}, {"a"}};

  const auto read = parse_as<task_explanation>(to_json(why));

  EXPECT_EQ(read->nodes.at(0).reason, "full");
  EXPECT_EQ(read->change, why.change);
  EXPECT_EQ(read->waits_for, why.waits_for);
}

}  // namespace
}  // namespace dunlin::json
