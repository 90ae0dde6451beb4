// SPDX-License-Identifier: Apache-2.0
// A device of a running swarm is shared in one way after the other, while tasks work on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/text/json_fields.hpp"
#include "tests/system/poll.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using cli::field_of;
using testing::HasSubstr;

/// Tasks that count primes in steps, each on half a core. Returns the file that describes them.
std::string halves(const swarm_rig& rig, int count) {
  auto path = rig.state_dir() + "/halves.json";
  std::ofstream file{path};
  file << "[";
  for (int i = 0; i < count; ++i)
    file << (i == 0 ? "" : ",") << R"({"kind": "primes", "payload": "100000000", "name": "t)" << i
         << R"(", "sharing": "time_sliced", "resources": {"cpu_milli": 500}})";
  file << "]";
  return path;
}

/// What `gpu list` says of the one device.
json::object device(const swarm_rig& rig) {
  for (const auto& one : field_of<json::array>(rig.ask({"gpu", "list"}), "devices"))
    if (const auto* fields = std::get_if<json::object>(&one.data)) return *fields;
  return {};
}

/// Whether `gpu leases` shows two contracts that say what was asked, granted, enforced and used.
bool used_by_both(const swarm_rig& rig) {
  const auto leases = field_of<json::array>(rig.ask({"gpu", "leases"}), "leases");
  return leases.size() == 2 && std::ranges::all_of(leases, [](const json::value& one) {
           const auto& lease = std::get<json::object>(one.data);
           const auto part = [&](const char* name) { return field_of<json::object>(lease, name); };
           return cli::number_of<int>(part("requested"), "compute_milli") > 0 &&
                  cli::number_of<int>(part("granted"), "quantum_ns") > 0 &&
                  field_of<std::string>(lease, "compute_enforcement") == "cooperative" &&
                  field_of<std::string>(part("used"), "busy_is") == "exact" &&
                  cli::number_of<std::uint64_t>(part("used"), "busy_ns") > 0;
         });
}

TEST(Sharing, ALiveSwitchThroughThePatternsFailsNoTask) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--node", "a"})) << rig.swarm().err();
  ASSERT_EQ(rig.run({"gpu", "coordinate", "a/0", "--pattern", "time_sliced", "--quantum", "2"}).code, 0);
  ASSERT_TRUE(eventually([&] { return field_of<std::string>(device(rig), "pattern") == "time_sliced"; }));
  const auto submitted = rig.run({"submit", halves(rig, 2)});
  ASSERT_EQ(submitted.code, 0) << submitted.err;

  ASSERT_TRUE(eventually([&] { return cli::number_of<int>(device(rig), "holders") == 2; }));
  ASSERT_TRUE(eventually([&] { return used_by_both(rig); })) << "steps are counted while they go on";
  for (const auto* pattern : {"exclusive", "space_partitioned", "pipeline", "collaborative", "time_sliced"}) {
    const auto told = rig.run({"gpu", "coordinate", "a/0", "--pattern", pattern});
    ASSERT_EQ(told.code, 0) << told.err;
    ASSERT_TRUE(eventually([&] { return field_of<std::string>(device(rig), "pattern") == pattern; }));
  }

  for (const auto* name : {"t0", "t1"}) {
    EXPECT_EQ(rig.run({"task", "wait", name}).code, 0);
    const auto info = rig.ask({"task", "info", name});
    EXPECT_EQ(field_of<std::string>(info, "output"), "5761455");
    EXPECT_EQ(cli::number_of<int>(info, "attempt"), 1) << "it never began anew";
  }
}

TEST(Sharing, WhatCannotBeIsRefusedInWords) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--node", "a"})) << rig.swarm().err();

  for (const auto& [line, said] : std::vector<std::pair<words, std::string>>{
           {{"b/0"}, "no node 'b'"},
           {{"a/7"}, "no device 7"},
           {{"a/0", "--pattern", "time_sliced", "--quantum", "0"}, "quantum"},
           {{"a/0", "--pattern", "space_partitioned", "--units", "4096"}, "units"},
           {{"a/0", "--pattern", "pipeline", "--stages", "a,b,a"}, "'a'"}}) {
    words verb{"gpu", "coordinate"};
    verb.insert(verb.end(), line.begin(), line.end());
    const auto refused = rig.run(verb);
    EXPECT_NE(refused.code, 0);
    EXPECT_THAT(refused.err, HasSubstr(said));
  }
  EXPECT_TRUE(eventually([&] { return field_of<std::string>(device(rig), "pattern") == "exclusive"; }));
}

}  // namespace
}  // namespace dunlin::test
