// SPDX-License-Identifier: Apache-2.0
// A node that asks its leader for a group, where the leader says nothing.
#include "actors/swarm/group_directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "actors/swarm/link_ends.hpp"
#include "tests/net/link/link_record.hpp"

namespace dunlin {
namespace {

using test::linked_pair;

class GroupDirectory : public testing::Test {
 protected:
  GroupDirectory() {
    desk_.host = {links_.b.host.get(), [](net::link_host*) {}};
    desk_.leader_name = "a";
  }

  result<group_invitation> find(const wait_terms& terms) {
    group_invitation own;
    own.members = 2;
    return directory_.find("job", own, terms);
  }

  linked_pair links_;
  link_desk desk_;
  group_directory directory_{desk_, [] { return time_point{}; }};  // it stands still
};

TEST_F(GroupDirectory, ACancelledTaskDoesNotWaitForTheLeader) {
  const auto bell = std::make_shared<wake_bell>();
  std::atomic<bool> is_cancelled{false};
  const std::jthread other{[&] {
    links_.a.record.wait_for_messages(1);
    is_cancelled = true;
    bell->ring();
  }};

  const auto found = find({time_point::max(), [&] { return is_cancelled.load(); }, bell});

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, errc::cancelled);
}

TEST_F(GroupDirectory, TheCallersDeadlineCounts) {
  const auto found = find({time_point{} - 1s, {}, {}});

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, errc::timeout) << to_string(found.error());
}

}  // namespace
}  // namespace dunlin
