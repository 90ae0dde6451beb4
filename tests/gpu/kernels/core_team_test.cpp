// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/core_team.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "gpu/cpu/pinning.hpp"

namespace dunlin {
namespace {

TEST(TeamPart, SharesEverythingOutOnce) {
  for (const std::uint64_t count : {0ULL, 1ULL, 15ULL, 16ULL, 17ULL, 1'000ULL}) {
    for (const std::uint32_t of : {1U, 2U, 3U, 7U}) {
      std::uint64_t next = 0;
      for (std::uint32_t i = 0; i < of; ++i) {
        const auto [from, to] = team_part{i, of}.share_of(count, 16);
        EXPECT_EQ(from, next);
        EXPECT_LE(from, to);
        EXPECT_TRUE(to % 16 == 0 || i + 1 == of);
        next = to;
      }
      EXPECT_EQ(next, count);
    }
  }
}

TEST(CoreTeam, HasOneMemberForEachCore) {
  core_team team{{0, 0, 0}};
  std::mutex mutex;
  std::set<std::uint32_t> seen;

  for (int round = 0; round < 200; ++round) {
    seen.clear();
    team.run([&](team_part part) {
      const std::lock_guard lock{mutex};
      seen.insert(part.index);
      EXPECT_EQ(part.of, 3U);
    });
    ASSERT_EQ(seen, (std::set<std::uint32_t>{0, 1, 2}));
  }
}

TEST(CoreTeam, WorksAfterItHasSlept) {
  core_team team{{0, 0}};
  std::atomic<int> parts{0};
  team.run([&](team_part) { ++parts; });
  // Longer than a member looks for work before it sleeps.
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{2};
  while (std::chrono::steady_clock::now() < until) {
  }

  team.run([&](team_part) { ++parts; });

  EXPECT_EQ(parts, 4);
}

TEST(CoreTeam, DoesLittleWorkAlone) {
  core_team team{{0, 0}};
  std::atomic<int> parts{0};

  team.run(10, 100, [&](team_part part) {
    ++parts;
    EXPECT_EQ(part.of, 1U);
  });

  EXPECT_EQ(parts, 1);
}

TEST(CoreTeam, TiesItsMembersToTheirCores) {
  const auto cores = allowed_cores();
  core_team team{{cores.front(), cores.back()}};
  std::vector<std::uint32_t> of_second;

  team.run([&](team_part part) {
    if (part.index == 1) of_second = cores_of_this_thread();
  });

  EXPECT_EQ(of_second, std::vector<std::uint32_t>{cores.back()});
}

TEST(CoreTeam, WithoutCoresIsTheCallingThread) {
  core_team team{{}};
  const auto me = std::this_thread::get_id();
  std::thread::id ran;

  team.run([&](team_part) { ran = std::this_thread::get_id(); });

  EXPECT_EQ(team.size(), 1U);
  EXPECT_EQ(ran, me);
}

}  // namespace
}  // namespace dunlin
