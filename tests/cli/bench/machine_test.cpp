// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/machine.hpp"

#include <gmock/gmock.h>

#include "coordination/version.hpp"

using namespace dunlin::bench;

TEST(MachineFacts, NameTheMachineAndTheBuild) {
  const auto facts = read_machine();

  EXPECT_GE(facts.cores, 1U);
  EXPECT_GT(facts.memory_bytes, 1U << 20);
  EXPECT_THAT(facts.kernel, testing::StartsWith("Linux "));
  EXPECT_EQ(facts.version, dunlin::version());
}

TEST(FileSystem, OfProcIsNotADisk) { EXPECT_EQ(file_system_of("/proc"), "0x9fa0"); }

TEST(FileSystem, OfAMissingPathIsEmpty) { EXPECT_EQ(file_system_of("/no/such/path"), ""); }
