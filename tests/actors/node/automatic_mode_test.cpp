// SPDX-License-Identifier: Apache-2.0
// A node whose device is in automatic mode: the coordinator looks at the demand and switches while tasks work on.
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

class AutomaticMode : public NodeFixture {
 protected:
  AutomaticMode() {
    auto options = impatient();
    options.workers = 2;
    rig_ = start(std::move(options));
  }

  /// Asks for half of the device.
  task_id grant(std::string payload) {
    grant_options task;
    task.payload = std::move(payload);
    task.device = true;
    task.gpu_milli = 500;
    return rig_->grant(task);
  }

  /// Waits for a heartbeat in which the device is shared as wished.
  template <class Condition>
  bool sharing_shows(Condition holds) {
    return rig_->leader->until([&](const auto& all) {
      return !all.beats.empty() && !all.beats.back().devices.empty() && holds(all.beats.back().devices.front().sharing);
    });
  }

  std::unique_ptr<node_rig> rig_;
};

TEST_F(AutomaticMode, UnderAMixedLoadTheNodeSwitchesAndNoTaskFails) {
  rig_->coordinate({.pattern = sharing_pattern::exclusive});
  const auto first = grant("pace");
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto second = grant("pace");
  ASSERT_TRUE(sharing_shows([](const sharing_view& shared) { return shared.waiting == 1; })) << "it waits in vain";

  rig_->coordinate({.pattern = sharing_pattern::any});

  EXPECT_TRUE(sharing_shows([](const sharing_view& shared) {
    return shared.choice.automatic && shared.choice.switches > 0 && shared.pattern != sharing_pattern::exclusive;
  }));
  EXPECT_TRUE(hung.wait_for_visitors(2)) << "now both have what they asked for";
  std::vector<task_id> others(8);
  for (std::size_t i = 0; i < others.size(); ++i) others[i] = grant(i % 2 == 0 ? "steps 20" : "burn 3");
  hung.open();

  others.insert(others.end(), {first, second});
  for (const auto& task : others) {
    const auto outcome = rig_->leader->outcome_of(task);
    EXPECT_EQ(outcome.code, errc::none) << outcome.why;
  }
  EXPECT_TRUE(sharing_shows([](const sharing_view& shared) { return shared.holders == 0 && shared.waiting == 0; }));
}

TEST_F(AutomaticMode, TheHeartbeatSaysWhyAndAnOperatorEndsIt) {
  rig_->coordinate({.pattern = sharing_pattern::any});
  const auto first = grant("pace");
  const auto second = grant("pace");

  EXPECT_TRUE(sharing_shows([](const sharing_view& shared) { return shared.choice.outlook.size() == 5; }));
  EXPECT_TRUE(sharing_shows([](const sharing_view& shared) {
    return shared.choice.summary.find(std::string{to_string(shared.pattern)} + " is in force") != std::string::npos;
  }));
  rig_->coordinate({.pattern = sharing_pattern::time_sliced});
  EXPECT_TRUE(sharing_shows([](const sharing_view& shared) {
    return shared.pattern == sharing_pattern::time_sliced && shared.choice == choice_view{};
  }));
  hung.open();

  EXPECT_EQ(rig_->leader->outcome_of(first).code, errc::none);
  EXPECT_EQ(rig_->leader->outcome_of(second).code, errc::none);
}

}  // namespace dunlin::testing
