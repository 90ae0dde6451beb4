// SPDX-License-Identifier: Apache-2.0
// Tasks of two nodes that work on the same cores: one of the nodes is their home, as a leader says in its answers.
#include "coordination/sharing/shared_device/device_homes.hpp"
#include "gpu/cpu/cpu_device.hpp"
#include "tests/actors/node/node_fixture.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin::testing {

using ::testing::StartsWith;

class SharedDeviceLease : public NodeFixture {
 private:  // what the nodes' leaders answer from, so it ends after them
  std::mutex mutex_;
  device_homes homes_{1 << 16, false};

 protected:
  /// `alpha` is the home.
  SharedDeviceLease() {
    alpha = start_sharing("alpha");
    beta = start_sharing("beta");
  }

  /// The leader has named them, and answers from now on.
  void name_home() {
    for (auto* one : {alpha.get(), beta.get()}) {
      const std::lock_guard lock{mutex_};
      homes_.on_here(one == alpha.get() ? "alpha" : "beta", one->life(), false, {one->device->properties().shared_as},
                     time_point{1s});
    }
    for (auto* one : {alpha.get(), beta.get()})
      one->leader->answer_beats([this, life = one->life()] {
        const std::lock_guard lock{mutex_};
        return homes_.notices_for(life);
      });
  }

  static grant_options on_device(std::string payload, const std::string& kind = "work") {
    grant_options task;
    task.kind = kind;
    task.payload = std::move(payload);
    task.device = true;
    return task;
  }

  /// What the home sees of the cores.
  template <class Condition>
  bool home_sees(Condition holds) {
    return alpha->leader->until([&](const auto& all) {
      return !all.beats.empty() && !all.beats.back().devices.empty() && holds(all.beats.back().devices.front().sharing);
    });
  }

  run_directory cores;
  std::unique_ptr<node_rig> alpha;
  std::unique_ptr<node_rig> beta;

 private:
  std::unique_ptr<node_rig> start_sharing(const std::string& name) {
    cpu_device_options processor;
    processor.run_directory = cores.path();
    processor.owner = name;
    processor.cluster = "of this test";
    processor.memory_bytes = 64 << 20;
    processor.stop_patience = std::chrono::milliseconds{500};
    auto options = impatient();
    options.name = name;
    options.wire = wire_;
    options.device = cpu_device::make(std::move(processor)).value();
    return start(std::move(options));
  }

  std::shared_ptr<node_wire> wire_ = std::make_shared<node_wire>();
};

TEST_F(SharedDeviceLease, IsGrantedToTasksOfBothNodes) {
  name_home();
  for (auto* one : {alpha.get(), beta.get()}) {
    EXPECT_THAT(text_of(one->run(on_device("steps 20"))), StartsWith("device 0 token "));
    EXPECT_THAT(text_of(one->run(on_device("lease", "quick"))), StartsWith("device 0 token "));
  }
}

TEST_F(SharedDeviceLease, WaitsForAHome) {
  const auto task = beta->grant(on_device("lease"));
  ASSERT_TRUE(beta->leader->until([](const auto& all) { return all.beats.size() > 3; }));
  EXPECT_FALSE(beta->leader->look([&](const auto& all) { return all.outcomes.contains(task); }));

  name_home();

  EXPECT_THAT(text_of(beta->leader->outcome_of(task)), StartsWith("device 0 token "));
}

TEST_F(SharedDeviceLease, OfOneNodeWaitsUntilTheOtherNodesTaskHasEnded) {
  name_home();
  const auto first = alpha->grant(on_device("pace"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto second = beta->grant(on_device("lease", "quick"));
  ASSERT_TRUE(home_sees([](const sharing_view& view) { return view.holders == 1 && view.waiting == 1; }));

  hung.open();

  EXPECT_THAT(alpha->leader->outcome_of(first), Succeeds("1"));
  EXPECT_THAT(text_of(beta->leader->outcome_of(second)), StartsWith("device 0 token "));
  EXPECT_TRUE(home_sees([](const sharing_view& view) { return view.holders == 0 && view.waiting == 0; }));
}

TEST_F(SharedDeviceLease, OfATaskThatIsCancelledWhileItWaitsLeavesNothingBehind) {
  name_home();
  const auto holder = alpha->grant(on_device("pace"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto waiting = beta->grant(on_device("lease"));
  ASSERT_TRUE(home_sees([](const sharing_view& view) { return view.waiting == 1; }));

  beta->cancel(waiting);
  EXPECT_EQ(beta->leader->outcome_of(waiting).code, errc::cancelled);
  EXPECT_TRUE(home_sees([](const sharing_view& view) { return view.waiting == 0; }));
  hung.open();

  EXPECT_THAT(alpha->leader->outcome_of(holder), Succeeds("1"));
  EXPECT_THAT(text_of(beta->run(on_device("lease"))), StartsWith("device 0 token "));
}

TEST_F(SharedDeviceLease, OfANodeThatDiesIsFreedWhenItCanHoldItNoMore) {
  name_home();
  beta->grant(on_device("pace"));
  ASSERT_TRUE(hung.wait_for_visitors(1));

  beta->die();

  EXPECT_THAT(text_of(alpha->run(on_device("steps 3"))), StartsWith("device 0 token "));
}

TEST_F(SharedDeviceLease, CannotBeReserved) {
  name_home();
  auto task = on_device("lease");
  task.reserved = {{milliseconds{0}, milliseconds{1'000}}};
  EXPECT_THAT(beta->run(task), FailsWith(errc::not_supported, "keeps nothing free"));
}

TEST_F(SharedDeviceLease, SaysHowItIsKept) {
  name_home();
  beta->grant(on_device("pace"));
  ASSERT_TRUE(hung.wait_for_visitors(1));

  EXPECT_TRUE(home_sees([](const sharing_view& view) {
    return view.contracts.size() == 1 && view.contracts.front().compute_enforcement == enforcement::cooperative &&
           view.contracts.front().requested.hold == duration{0};
  })) << "a task of one piece holds from its turn on, not from its grant";
}

}  // namespace dunlin::testing
