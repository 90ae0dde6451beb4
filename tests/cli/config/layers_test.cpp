// SPDX-License-Identifier: Apache-2.0
#include "cli/config/layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/config/setting_table.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

settings resolved(const std::vector<std::vector<given_setting>>& layers) {
  auto out = resolve(layers);
  EXPECT_TRUE(out) << (out ? "" : to_string(out.error()));
  return out.value_or(settings{});
}

TEST(Layers, DefaultsAreTheDesignsOwn) {
  const auto config = resolved({});

  EXPECT_EQ(config.swarm.http_port, 8'080);
  EXPECT_EQ(config.swarm.max_concurrent, 32U);
  EXPECT_EQ(config.swarm.max_live_tasks, 1'000'000U);
  EXPECT_EQ(config.swarm.result_ttl, 24h);
  EXPECT_THAT(config.swarm.process_allow, IsEmpty());
}

TEST(Layers, LaterLayersWin) {
  const std::vector<given_setting> file{
      {"http.port", "1", "f:1"}, {"node.cores", "2", "f:2"}, {"node.workers", "3", "f:3"}};
  const std::vector<given_setting> variables{{"http.port", "10", "DUNLIN_HTTP_PORT"}, {"node.cores", "20", "V"}};
  const std::vector<given_setting> flags{{"http.port", "100", "--http-port"}};

  const auto config = resolved({file, variables, flags});

  EXPECT_EQ(config.swarm.http_port, 100);
  EXPECT_EQ(config.swarm.cores, 20U);
  EXPECT_EQ(config.swarm.workers, 3U);
}

TEST(Layers, WhatCountsIsKeptForTheNodeProcesses) {
  const auto config =
      resolved({{{"http.port", "1", "file"}}, {{"http.port", "2", "flag"}, {"node.gpus", "false", "flag"}}});

  ASSERT_EQ(config.given.size(), 2U);
  EXPECT_EQ(config.given[0].key, "http.port");
  EXPECT_EQ(config.given[0].text, "2");
  EXPECT_FALSE(config.swarm.gpus);
}

TEST(Layers, AnUnknownKeyNamesTheNearestOne) {
  const auto config = resolve({{{"http.prot", "1", "--set"}}});

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, errc::unknown_field);
  EXPECT_EQ(config.error().path, "http.prot");
  EXPECT_THAT(config.error().hint, HasSubstr("http.port"));
  EXPECT_THAT(config.error().context, HasSubstr("--set"));
}

struct bad_value {
  given_setting given;
  errc code;
};

class LayersRefuse : public testing::TestWithParam<bad_value> {};

TEST_P(LayersRefuse, WithTheKeyTheValueAndWhoGaveIt) {
  const auto& [given, code] = GetParam();

  const auto config = resolve({{given}});

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, code);
  EXPECT_EQ(config.error().path, given.key);
  EXPECT_THAT(config.error().context, HasSubstr(given.text));
  EXPECT_THAT(config.error().context, HasSubstr(given.origin));
  EXPECT_FALSE(config.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Values, LayersRefuse,
                         testing::Values(bad_value{{"http.port", "eighty", "--http-port"}, errc::wrong_type},
                                         bad_value{{"http.port", "80x", "--http-port"}, errc::wrong_type},
                                         bad_value{{"http.port", "70000", "--http-port"}, errc::invalid_argument},
                                         bad_value{{"http.port", "-1", "--http-port"}, errc::invalid_argument},
                                         bad_value{{"cluster.nodes", "0", "-n"}, errc::invalid_argument},
                                         bad_value{{"node.gpus", "maybe", "DUNLIN_NODE_GPUS"}, errc::wrong_type},
                                         bad_value{{"output", "xml", "--output"}, errc::invalid_argument},
                                         bad_value{{"store.kind", "redis", "f.toml:2"}, errc::invalid_argument}));

TEST(Environment, NamesFollowTheKeys) {
  std::vector<std::string> warnings;

  const auto given = from_environment({{"DUNLIN_HTTP_PORT", "9"}, {"DUNLIN_STATE_DIR", "/s"}}, warnings);

  EXPECT_THAT(warnings, IsEmpty());
  const auto config = resolved({given});
  EXPECT_EQ(config.swarm.http_port, 9);
  EXPECT_EQ(config.swarm.state_dir, "/s");
}

TEST(Environment, AMisspeltNameIsToldAndTheProgramsOwnAreNot) {
  std::vector<std::string> warnings;

  const auto given = from_environment({{"DUNLIN_HTPP_PORT", "9"}, {"DUNLIN_TASK_ID", "x"}}, warnings);

  EXPECT_TRUE(given.empty());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("did you mean DUNLIN_HTTP_PORT?")));
}

TEST(Toml, SectionsAndTypes) {
  const auto given = parse_toml(R"(state_dir = "/s"
[http]
port = 0
[node]
gpus = false
kinds = ["a", "b"]
[process]
allow = ["/bin/ls"]
)",
                                "f.toml");

  ASSERT_TRUE(given) << to_string(given.error());
  const auto config = resolved({*given});
  EXPECT_EQ(config.swarm.state_dir, "/s");
  EXPECT_EQ(config.swarm.http_port, 0);
  EXPECT_FALSE(config.swarm.gpus);
  EXPECT_THAT(config.swarm.kinds, ElementsAre("a", "b"));
  EXPECT_THAT(config.swarm.process_allow, ElementsAre("/bin/ls"));
}

TEST(Toml, AnUnknownKeyHasItsLineAndTheNearestName) {
  const auto given = parse_toml("[http]\nport = 1\nprot = 2\n", "f.toml");

  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, errc::unknown_field);
  EXPECT_THAT(given.error().context, HasSubstr("f.toml:3"));
  EXPECT_EQ(given.error().path, "http.prot");
  EXPECT_THAT(given.error().hint, HasSubstr("http.port"));
}

TEST(Toml, AWholeUnknownSectionIsRefused) {
  const auto given = parse_toml("\n[htpp]\nport = 1\n", "f.toml");

  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, errc::unknown_field);
  EXPECT_EQ(given.error().path, "htpp");
}

TEST(Toml, AWrongTypeSaysWhatWasGivenAndWhatIsNeeded) {
  for (const auto* text : {"[http]\nport = \"80\"", "[http]\nport = 80.5", "[http]\nport = [80]"}) {
    const auto given = parse_toml(text, "f.toml");
    ASSERT_FALSE(given) << text;
    EXPECT_EQ(given.error().code, errc::wrong_type);
    EXPECT_EQ(given.error().path, "http.port");
    EXPECT_THAT(given.error().context, HasSubstr("a whole number is needed"));
    EXPECT_THAT(given.error().context, HasSubstr("f.toml:2"));
  }
  EXPECT_EQ(parse_toml("[process]\nallow = [1]", "f").error().code, errc::wrong_type);
  EXPECT_EQ(parse_toml("http = 3", "f").error().code, errc::unknown_field);
}

TEST(Toml, TextThatIsNoTomlHasItsLine) {
  const auto given = parse_toml("[http]\nport = = 1", "f.toml");

  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, errc::malformed);
  EXPECT_THAT(given.error().context, HasSubstr("f.toml:2"));
}

TEST(Toml, AMissingFileIsSaid) { EXPECT_EQ(read_toml("/no/such/file").error().code, errc::not_found); }

TEST(Toml, MemoryOfADeviceIsRead) {
  const auto given = parse_toml(
      "[node]\nmemory_fraction = 0.25\npool_min_bytes = 4096\npool_max_bytes = 8192\n"
      "pool_growth_factor = 2\nmax_memory_per_task = 1048576\n",
      "swarm.toml");
  ASSERT_TRUE(given) << to_string(given.error());

  const auto config = resolved({*given}).swarm;

  EXPECT_EQ(config.memory_fraction, 0.25);
  EXPECT_EQ(config.pool_min_bytes, 4'096U);
  EXPECT_EQ(config.pool_max_bytes, 8'192U);
  EXPECT_EQ(config.pool_growth_factor, 2.0) << "a whole number is a number";
  EXPECT_EQ(config.max_memory_per_task, 1'048'576U);
}

TEST(Toml, WhatANodeHasOfItsGpusIsRead) {
  const auto given = parse_toml(
      "[node]\ngpu_memory_fraction = 0.5\nstream_priority = \"high\"\nnum_streams = 4\n"
      "gpu_architecture = \"hopper\"\ngpu_precision = \"bf16\"\n",
      "swarm.toml");
  ASSERT_TRUE(given) << to_string(given.error());

  const auto config = resolved({*given}).swarm;

  EXPECT_EQ(config.gpu_memory_fraction, 0.5);
  EXPECT_EQ(config.stream_priority, "high");
  EXPECT_EQ(config.num_streams, 4U);
  EXPECT_EQ(config.gpu_architecture, "hopper");
  EXPECT_EQ(config.gpu_precision, "bf16");
  EXPECT_FALSE(resolve({*parse_toml("[node]\ngpu_precision = \"int4\"\n", "swarm.toml")}));
  EXPECT_FALSE(resolve({*parse_toml("[node]\nstream_priority = \"urgent\"\n", "swarm.toml")}));
}

TEST(Toml, FractionsOutOfRangeAreRefusedWithTheirField) {
  const auto refused = [](const std::string& line) {
    const auto given = parse_toml("[node]\n" + line + "\n", "swarm.toml");
    EXPECT_TRUE(given);
    const auto out = resolve({*given});
    EXPECT_FALSE(out);
    return out ? error{errc::none} : out.error();
  };

  const auto too_much = refused("memory_fraction = 1.5");
  EXPECT_EQ(too_much.code, errc::invalid_argument);
  EXPECT_EQ(too_much.path, "node.memory_fraction");
  EXPECT_EQ(too_much.context, "1.5 is out of range (from swarm.toml:2)");
  EXPECT_EQ(too_much.hint, "use 0.001 to 1");
  EXPECT_EQ(refused("memory_fraction = 0").path, "node.memory_fraction");
  EXPECT_EQ(refused("memory_fraction = nan").path, "node.memory_fraction");
  EXPECT_EQ(refused("pool_growth_factor = 0.5").path, "node.pool_growth_factor");
  EXPECT_EQ(refused("max_memory_per_task = -1").path, "node.max_memory_per_task");
  EXPECT_EQ(parse_toml("[node]\nmemory_fraction = \"half\"\n", "f").error().code, errc::wrong_type);
}

TEST(Settings, EveryRowCanBeGivenInEveryWay) {
  for (const auto& one : all_settings()) {
    EXPECT_EQ(find_setting(one.key), &one);
    EXPECT_TRUE(one.flag.starts_with("-")) << one.key;
    EXPECT_FALSE(one.help.empty()) << one.key;
    std::string text = one.type == setting_type::number     ? std::to_string(one.lowest)
                       : one.type == setting_type::fraction ? "1"
                       : one.type == setting_type::boolean  ? "true"
                                                            : std::string{one.choices.substr(0, one.choices.find('|'))};
    std::vector<std::string> none;
    const auto given = from_environment({{environment_name(one.key), text}}, none);
    ASSERT_EQ(given.size(), 1U) << one.key;
    EXPECT_TRUE(resolve({given})) << one.key << " = " << text;
  }
}

TEST(Settings, WhatIsAppliedIsReadBack) {
  for (const auto& one : all_settings()) {
    const auto text = one.type == setting_type::number     ? std::to_string(one.highest)
                      : one.type == setting_type::fraction ? "1"
                      : one.type == setting_type::boolean  ? "false"
                      : one.choices.empty()                ? "x"
                                            : std::string{one.choices.substr(one.choices.rfind('|') + 1)};
    EXPECT_EQ(to_text(one.read(resolved({{{std::string{one.key}, text, "test"}}}))), text) << one.key;
  }
}

TEST(Settings, ListsSurviveTheWayToANodeProcess) {
  const auto* allow = find_setting("process.allow");
  const auto read = parse_setting(*allow, "/bin/ls,/bin/echo");

  ASSERT_TRUE(read);
  EXPECT_THAT(std::get<std::vector<std::string>>(*read), ElementsAre("/bin/ls", "/bin/echo"));
  EXPECT_EQ(to_text(*read), "/bin/ls,/bin/echo");
}

}  // namespace
}  // namespace dunlin::cli
