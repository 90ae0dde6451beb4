// SPDX-License-Identifier: Apache-2.0
// What the gateway shows of devices and their leases, and how they are told to be shared.
#include <gmock/gmock.h>

#include "tests/net/gateway/api.hpp"

namespace dunlin::net {
namespace {

using testing::HasSubstr;

device_summary cpu(std::uint64_t id) { return {{id}, "cpu", "8 cores", 8, 1ULL << 30U, "hard"}; }

TEST(DeviceRoutes, DevicesInShortForm) {
  api gate;
  gate.swarm.device_list = {{"n1", cpu(0), {sharing_pattern::exclusive, {}, 1, 1}, 0, 0, {}, {}}};
  gate.swarm.device_list[0].figures.why_unmeasured = "not measured yet";

  EXPECT_EQ(
      gate.get("/gpus").body,
      R"({"gpus":[{"id":0,"node":"n1","name":"8 cores","type":"cpu","memory_mb":1024,"compute_units":8,)"
      R"x("state":"in use","utilization_percent":"n/a (not measured yet)","memory_held_mb":0,"pool":[],"sensors":[],)x"
      R"("pattern":"exclusive","leases":1,"waiting":1,"contracts":[]}]})");
}

TEST(DeviceRoutes, WhatADeviceMeasuredAndWhyItIsQuarantinedInShortForm) {
  api gate;
  device_view seen{"n1", cpu(0), {}, 0, 0, {}, {}};
  seen.device.quarantine = "an illegal address";
  seen.figures = {375, {}, 3U << 20U, {{100, 60, 10, 20, 10, 2}}, {{"power_watts", 70.5}}};
  gate.swarm.device_list = {seen};

  const auto page = gate.get("/gpus").body;

  EXPECT_THAT(page, HasSubstr(R"x("state":"quarantined (an illegal address)","utilization_percent":37.5)x"));
  EXPECT_THAT(page, HasSubstr(R"("memory_held_mb":3,"pool":[{"reserved":100,"asked":60,"internal":10,"cached":20,)"
                              R"("external":10,"exhausted":2}],"sensors":[{"name":"power_watts","value":70.5}])"));
}

TEST(DeviceRoutes, LeasesOfEveryDevice) {
  api gate;
  contract_view contract;
  contract.agent = {7};
  contract.why = "agent 7 holds 4 units";
  gate.swarm.device_list = {{"n1", cpu(0), {sharing_pattern::exclusive, {contract}, 1}, 0, 0, {}, {}},
                            {"n2", cpu(1), {sharing_pattern::time_sliced, {}, 0}, 0, 0, {}, {}}};

  const auto page = json::parse_as<json::lease_page>(gate.get("/v1/leases").body);

  ASSERT_TRUE(page);
  ASSERT_EQ(page->leases.size(), 1U);
  EXPECT_EQ(page->leases[0].node, "n1");
  EXPECT_EQ(page->leases[0].contract, contract);
}

TEST(DeviceRoutes, TellsANodeHowToShareItsDevice) {
  api gate;
  gate.swarm.node_list.resize(1);
  gate.swarm.node_list[0].name = "n1";

  const auto told = gate.post("/v1/nodes/n1/coordinate",
                              R"({"device": 0, "pattern": "time_sliced", "quantum_ms": 5, "units": [1, 2],)"
                              R"( "stages": [{"name": "a"}, {"name": "b", "after": ["a"], "parallelism": 2}]})");

  EXPECT_EQ(told.status, 202U) << told.body;
  ASSERT_EQ(gate.swarm.coordinated.size(), 1U);
  const auto& options = gate.swarm.coordinated[0].second.options;
  EXPECT_EQ(options.pattern, sharing_pattern::time_sliced);
  EXPECT_EQ(options.quantum, milliseconds{5});
  EXPECT_EQ(options.units, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(options.stages, (std::vector<stage_spec>{{"a"}, {"b", {"a"}, 2}}));
}

TEST(DeviceRoutes, TellsANodeToShareItsDeviceAsSuitsItsAgents) {
  api gate;
  gate.swarm.node_list.resize(1);
  gate.swarm.node_list[0].name = "n1";

  EXPECT_EQ(gate.post("/v1/nodes/n1/coordinate", R"({"device": 0, "pattern": "automatic"})").status, 202U);

  ASSERT_EQ(gate.swarm.coordinated.size(), 1U);
  EXPECT_EQ(gate.swarm.coordinated[0].second.options, (share_options{.pattern = sharing_pattern::any}));
}

TEST(DeviceRoutes, RefusesToShareADeviceInNoWay) {
  api gate;
  for (const auto* body : {R"({"device": 0})", R"({"pattern": "tme_sliced"})", R"({"pattern": "any"})",
                           R"({"pattern": "exclusive", "quantum": 5})", R"([])", ""})
    EXPECT_GE(gate.post("/v1/nodes/n1/coordinate", body).status, 400U) << body;
  EXPECT_EQ(gate.post("/v1/nodes/n2/coordinate", R"({"device": 0, "pattern": "exclusive"})").status, 404U);
}

}  // namespace
}  // namespace dunlin::net
