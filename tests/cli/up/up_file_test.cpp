// SPDX-License-Identifier: Apache-2.0
#include "cli/client/up_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "cli/client/connection.hpp"
#include "cli/up/ready_line.hpp"
#include "cli/up/up_lock.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

TEST(UpFile, IsReadBack) {
  const scratch_directory directory;
  const auto own = static_cast<std::int64_t>(::getpid());
  ASSERT_TRUE(write_up_file(directory.path(), {own, process_start_of(own), "http://127.0.0.1:1", "/t", 3}));

  const auto read = read_up_file(directory.path());

  ASSERT_TRUE(read);
  EXPECT_EQ(read->url, "http://127.0.0.1:1");
  EXPECT_EQ(read->token_file, "/t");
  EXPECT_EQ(read->nodes, 3U);
  EXPECT_TRUE(still_runs(*read));
}

TEST(UpFile, AnotherProcessOfTheSameNumberIsNotTheSwarm) {
  const auto own = static_cast<std::int64_t>(::getpid());
  EXPECT_FALSE(still_runs({own, process_start_of(own) + 1, "", "", 1}));
  EXPECT_FALSE(still_runs({own, 0, "", "", 1}));
  EXPECT_FALSE(still_runs({0, 0, "", "", 1}));
  EXPECT_EQ(process_start_of(-1), 0U);
}

TEST(UpFile, MissingAndDamagedOnesAreToldApart) {
  const scratch_directory directory;
  EXPECT_EQ(read_up_file(directory.path()).error().code, errc::not_found);
  std::ofstream{directory.path() + "/up.json"} << "{";
  EXPECT_EQ(read_up_file(directory.path()).error().code, errc::malformed);
}

TEST(UpLock, ASecondOneIsToldWhereTheFirstRuns) {
  const scratch_directory directory;
  ASSERT_TRUE(write_up_file(directory.path(), {42, 1, "http://127.0.0.1:7", "/t", 1}));
  const auto first = up_lock::take(directory.path());
  ASSERT_TRUE(first);

  const auto second = up_lock::take(directory.path());

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::already_running);
  EXPECT_NE(second.error().context.find("http://127.0.0.1:7, process 42"), std::string::npos);
}

TEST(UpLock, EndsWithItsHolder) {
  const scratch_directory directory;
  { ASSERT_TRUE(up_lock::take(directory.path())); }
  EXPECT_TRUE(up_lock::take(directory.path()));
}

TEST(ReadyLine, IsReadBackAndNothingElseIs) {
  const auto read = parse_ready_line(to_json(ready_line{"a", 7, 8, "http://x:9", "/t", "no module"}));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->node, "a");
  EXPECT_EQ(read->pid, 7U);
  EXPECT_EQ(read->link_port, 8);
  EXPECT_EQ(read->url, "http://x:9");
  EXPECT_EQ(read->no_gpu, "no module");
  EXPECT_FALSE(parse_ready_line("hello"));
  EXPECT_FALSE(parse_ready_line("{}"));
  EXPECT_FALSE(parse_ready_line(R"({"ready":"a"})"));
}

TEST(Url, OnlyHttpWithAPort) {
  const auto where = parse_url("http://127.0.0.1:8080/#t=abc");
  ASSERT_TRUE(where);
  EXPECT_EQ(where->address, "127.0.0.1");
  EXPECT_EQ(where->port, 8'080);
  EXPECT_EQ(parse_url("http://localhost:1")->address, "127.0.0.1");
  for (const auto* bad :
       {"", "127.0.0.1:1", "https://127.0.0.1:1", "http://:1", "http://a:0", "http://a:99999", "http://a:x"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

}  // namespace
}  // namespace dunlin::cli
