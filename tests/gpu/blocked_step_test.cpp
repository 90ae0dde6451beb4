// SPDX-License-Identifier: Apache-2.0
// A step that waits for another one: its executor lets another worker run in its place.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "gpu/cpu/cpu_device.hpp"
#include "tests/gpu/device_rig.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::report_log;

/// A device with one worker, and how many steps run at once on it.
class BlockedStep : public ::testing::Test {
 protected:
  BlockedStep() {
    cpu_device_options options;
    options.workers = 1;
    options.stop_patience = std::chrono::milliseconds{200};
    device = cpu_device::make(options).value();
  }

  /// A step that waits for the next one, which therefore has to run beside it.
  void submit_pair(std::uint64_t queue, int tag) {
    auto answered = std::make_shared<std::promise<void>>();
    ASSERT_TRUE(device->submit({queue, 0,
                                [answer = std::make_shared<std::future<void>>(answered->get_future())] {
                                  const executor::blocked waiting;
                                  return answer->wait_for(std::chrono::seconds{30}) == std::future_status::ready
                                             ? result<void>{}
                                             : fail(errc::timeout, "nobody ran");
                                },
                                log.expect(tag)}));
    ASSERT_TRUE(
        device->submit({0, 0, [answered] { return answered->set_value(), result<void>{}; }, log.expect(tag + 1)}));
  }

  report_log log;  // outlives the device
  std::shared_ptr<cpu_device> device;
};

TEST_F(BlockedStep, LetsTheStepRunThatItWaitsFor) {
  for (int i = 0; i < 50; ++i) submit_pair(7, 2 * i);

  ASSERT_TRUE(log.wait_for(100));
  for (int tag = 0; tag < 100; ++tag) EXPECT_EQ(log.code(tag), errc::none);
  EXPECT_LE(device->statistics().workers, 2U);
}

TEST_F(BlockedStep, LeavesAsManyStepsAtOnceAsBefore) {
  submit_pair(7, 0);
  ASSERT_TRUE(log.wait_for(2));
  std::atomic<int> at_once{0}, most{0};

  for (int tag = 2; tag < 202; ++tag)
    ASSERT_TRUE(device->submit({0, 0,
                                [&] {
                                  most = std::max(most.load(), ++at_once);
                                  std::this_thread::yield();
                                  --at_once;
                                  return result<void>{};
                                },
                                log.expect(tag)}));

  ASSERT_TRUE(log.wait_for(202));
  EXPECT_EQ(most, 1);
}

TEST_F(BlockedStep, ThatIsAbandonedIsReplaced) {
  auto release = std::make_shared<std::promise<void>>();
  std::promise<void> began;
  ASSERT_TRUE(device->submit({7, 0,
                              [&began, gone = release->get_future().share()] {
                                const executor::blocked waiting;
                                began.set_value();
                                gone.wait();
                                return result<void>{};
                              },
                              log.expect(0)}));
  began.get_future().wait();

  ASSERT_TRUE(device->abandon(7));
  submit_pair(8, 1);
  ASSERT_TRUE(log.wait_for(3));
  release->set_value();
  while (device->statistics().late_returns == 0) std::this_thread::yield();
  submit_pair(9, 3);

  ASSERT_TRUE(log.wait_for(5));
  EXPECT_EQ(log.code(0), errc::stuck_handler);
  for (int tag = 1; tag < 5; ++tag) EXPECT_EQ(log.code(tag), errc::none);
}

}  // namespace
}  // namespace dunlin
