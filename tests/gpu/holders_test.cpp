// SPDX-License-Identifier: Apache-2.0
// Holders of a processor's shares beside tasks without a lease: who has which thread and core, and what the label says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <mutex>

#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/fixed_partitions.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "gpu/cpu/cpu_device.hpp"
#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/device_rig.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::report_log;
using ::dunlin::testing::run_directory;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr time_point t0{1'000s};

/// Two cores that nobody else has, shared by an arbiter.
class Holders : public ::testing::Test {
 protected:
  void SetUp() override {
    if (allowed_cores().size() < 2) GTEST_SKIP() << "the machine has one core";
    cpu_device_options options;
    options.run_directory = dir_.path();
    options.workers = 2;
    device = cpu_device::make(std::move(options)).value();
    capacity_ = {device_id{0}, 2, 1'000};
    arbiter_config config;
    config.capacity = capacity_;
    shares_ = std::make_unique<arbiter>(config, std::make_unique<exclusive>(capacity_));
  }

  share_contract grant(std::uint64_t agent, std::uint32_t milli = 1'000) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish.compute_milli = milli;
    asked.in_steps = true;
    EXPECT_TRUE(shares_->request(asked, t0, out_));
    perform();
    return contract_of(agent);
  }
  void exchange(std::unique_ptr<share_rule> rule) {
    shares_->switch_to(std::move(rule), t0, out_);
    perform();
  }
  void partition() { exchange(fixed_partitions::make(capacity_, {1}).value()); }
  void slice() { exchange(time_sliced::make(capacity_, {1ms, 16}).value()); }
  void give_back(std::uint64_t agent) {
    device->gate()->remove({agent});
    EXPECT_TRUE(shares_->release({agent}, contract_of(agent).token, t0, out_));
    perform();
  }
  [[nodiscard]] share_contract contract_of(std::uint64_t agent) const {
    for (const auto& one : shares_->contracts())
      if (one.holder.value == agent) return one;
    ADD_FAILURE() << "agent " << agent << " holds nothing";
    return {};
  }

  /// Submits a task without a lease that runs until the test lets it go, and waits until it has begun.
  void begin_task(std::uint64_t queue) {
    auto begun = std::make_shared<std::latch>(1);
    submit_task(queue, begun);
    begun->wait();
  }
  void submit_task(std::uint64_t queue, const std::shared_ptr<std::latch>& begun) {
    auto run = [this, begun]() -> result<void> {
      ++running_;
      begun->count_down();
      go_.wait();
      const std::lock_guard lock{mutex_};
      cores_of_task = cores_of_this_thread();
      return {};
    };
    ASSERT_TRUE(device->submit({queue, 0, run, log.expect(static_cast<int>(queue))}));
  }

  /// Runs a holder's only step and returns the cores that it may use.
  std::vector<std::uint32_t> run_holder(const share_contract& contract) {
    std::vector<std::uint32_t> cores;
    auto run = [&, contract]() -> result<void> {
      const auto session = device->gate()->enter(contract.holder, contract.id, [] { return false; });
      EXPECT_TRUE(session);
      cores = cores_of_this_thread();
      return {};
    };
    const auto tag = 100 + static_cast<int>(contract.holder.value);
    EXPECT_TRUE(device->submit({contract.holder.value, contract.token, run, log.expect(tag)}));
    while (log.count(tag) == 0) std::this_thread::yield();
    return cores;
  }
  void let_go() {
    if (!gone_) go_.count_down();
    gone_ = true;
  }
  void TearDown() override { let_go(); }
  [[nodiscard]] std::string label() const { return device->properties().enforcement; }

  report_log log;  // outlives the device
  std::shared_ptr<cpu_device> device;
  std::vector<std::uint32_t> cores_of_task;
  std::atomic<int> running_{0};

 private:
  void perform() {
    device->gate()->apply(out_);
    out_.clear();
  }

  run_directory dir_;
  device_capacity capacity_;
  std::unique_ptr<arbiter> shares_;
  sharing_effects out_;
  std::mutex mutex_;  ///< cores_of_task
  std::latch go_{1};
  bool gone_ = false;
};

TEST_F(Holders, BeginAtOnceWhileOtherTasksHaveEveryWorker) {
  begin_task(1);
  begin_task(2);

  EXPECT_THAT(run_holder(grant(3)), SizeIs(2)) << "an exclusive holder may use all cores";
  let_go();
  EXPECT_TRUE(log.wait_for(3));
}

TEST_F(Holders, LeaveOneThreadToOthersWhereTheyHaveEverything) {
  grant(9);
  auto second = std::make_shared<std::latch>(1);
  begin_task(1);
  submit_task(2, second);
  EXPECT_THAT(run_holder(contract_of(9)), SizeIs(2)) << "two tasks more do not keep it from its device";

  EXPECT_EQ(running_, 1);
  give_back(9);
  second->wait();
  EXPECT_EQ(running_, 2) << "the device is everybody's again";
  let_go();
  EXPECT_TRUE(log.wait_for(3));
}

TEST_F(Holders, MoveTasksThatRunToTheCoresThatAreLeft) {
  begin_task(1);
  partition();
  const auto contract = grant(9, 500);
  ASSERT_THAT(contract.granted.units, ElementsAre(0));

  const auto cores_of_holder = run_holder(contract);
  let_go();
  ASSERT_TRUE(log.wait_for(2));

  EXPECT_THAT(cores_of_holder, SizeIs(1));
  EXPECT_THAT(cores_of_task, SizeIs(1));
  EXPECT_NE(cores_of_task, cores_of_holder);
  EXPECT_EQ(label(), "hard");
}

/// Their threads stay where they were until somebody else needs them.
TEST_F(Holders, LeaveNoTaskOnTheirCores) {
  for (const std::uint64_t agent : {9, 10}) {
    EXPECT_THAT(run_holder(grant(agent)), SizeIs(2));
    give_back(agent);
  }
  ASSERT_TRUE(log.wait_for(2));

  std::latch both{2};
  std::array<std::vector<std::uint32_t>, 2> cores;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const auto run = [&, i]() -> result<void> {
      both.arrive_and_wait();
      cores.at(i) = cores_of_this_thread();
      return {};
    };
    ASSERT_TRUE(device->submit({i + 1, 0, run, log.expect(static_cast<int>(i))}));
  }
  ASSERT_TRUE(log.wait_for(4));

  EXPECT_THAT(cores, Each(SizeIs(1)));
  EXPECT_NE(cores[0], cores[1]);
}

TEST_F(Holders, AreAloneOnlyWhileNoTaskRunsBesideThem) {
  grant(9);
  EXPECT_EQ(label(), "hard");

  begin_task(1);
  EXPECT_THAT(label(), HasSubstr("advisory (a task without a lease runs beside the holders)"));
  let_go();
  ASSERT_TRUE(log.wait_for(1));

  while (device->statistics().without_lease > 0) std::this_thread::yield();
  EXPECT_EQ(label(), "hard");
}

TEST_F(Holders, ThatTakeTurnsAreKeptToThemByCooperation) {
  slice();
  EXPECT_EQ(grant(1).compute_enforcement, enforcement::cooperative);
  exchange(std::make_unique<exclusive>(device_capacity{device_id{0}, 2, 1'000}));
  EXPECT_EQ(contract_of(1).compute_enforcement, enforcement::hard);
}

TEST_F(Holders, OnCoresThatAnotherProcessHasTooAreOnlyBooked) {
  cpu_device_options options;
  options.workers = 2;
  const auto unclaimed = cpu_device::make(std::move(options)).value();
  EXPECT_EQ(unclaimed->properties().enforcement, "advisory (cores not claimed)");
}

}  // namespace
}  // namespace dunlin
