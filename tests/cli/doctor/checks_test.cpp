// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "actors/process/descriptor.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

using testing::HasSubstr;

TEST(CheckSecret, OthersMayNotReadIt) {
  const scratch_directory directory;
  const auto path = directory.path() + "/secret";
  EXPECT_EQ(check_secret("secret", path).how, health::ok) << "it is made at the first start";
  std::ofstream{path} << "x";

  std::filesystem::permissions(path, std::filesystem::perms{0640});
  const auto open = check_secret("secret", path);
  std::filesystem::permissions(path, std::filesystem::perms{0600});

  EXPECT_EQ(open.how, health::failed);
  EXPECT_EQ(open.hint, "chmod 600 " + path);
  EXPECT_EQ(check_secret("secret", path).how, health::ok);
}

TEST(CheckPort, OneInUseIsSaidWithTheFlagThatChoosesAnother) {
  const descriptor taken{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(taken.get(), reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
  ASSERT_EQ(::listen(taken.get(), 1), 0);
  socklen_t size = sizeof where;
  ASSERT_EQ(::getsockname(taken.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);

  const auto found = check_port("HTTP port", ntohs(where.sin_port), "--http-port");

  EXPECT_EQ(found.how, health::failed);
  EXPECT_THAT(found.found, HasSubstr("in use"));
  EXPECT_THAT(found.hint, HasSubstr("--http-port"));
  EXPECT_EQ(check_port("HTTP port", 0, "--http-port").how, health::ok);
}

TEST(CheckMachine, AStateDirectoryThatCannotBeMadeIsAFailure) {
  const auto findings = check_machine({}, "/proc/none");

  const auto found = std::ranges::find(findings, "state directory", &finding::check);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->how, health::failed);
  EXPECT_FALSE(found->hint.empty());
}

TEST(CheckMachine, AProgramThatMayRunMustBeThere) {
  const scratch_directory directory;
  settings config;
  config.swarm.process_allow = {"/no/such/program"};

  const auto findings = check_machine(config, directory.path());

  const auto found = std::ranges::find(findings, "process.allow", &finding::check);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->how, health::failed) << found->found;
}

}  // namespace
}  // namespace dunlin::cli
