// SPDX-License-Identifier: Apache-2.0
// What only the processor promises: claims, measured CPU time, threads that do not sleep while there is work.
#include "gpu/cpu/cpu_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/device_rig.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::report_log;
using ::dunlin::testing::run_directory;

std::shared_ptr<cpu_device> pinned_device(const run_directory& dir) {
  cpu_device_options options;
  options.run_directory = dir.path();
  options.cores = 1;
  return cpu_device::make(std::move(options)).value();
}

TEST(CpuDevice, RunsStepsOnItsOwnPinnedThreads) {
  report_log log;  // outlives the device
  run_directory dir;
  const auto device = pinned_device(dir);
  std::vector<std::uint32_t> cores;
  std::thread::id where;

  ASSERT_TRUE(device->submit({0, 0,
                              [&] {
                                cores = allowed_cores();
                                where = std::this_thread::get_id();
                                return result<void>{};
                              },
                              log.expect(0)}));
  ASSERT_TRUE(log.wait_for(1));

  EXPECT_THAT(cores, ::testing::ElementsAre(allowed_cores().front()));
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(CpuDevice, ClaimsACoreForEachWorkerSoThatTwoDoNotMeetOnOne) {
  if (allowed_cores().size() < 2) GTEST_SKIP() << "the machine has one core";
  run_directory dir;
  cpu_device_options options;
  options.run_directory = dir.path();
  options.workers = 1;

  const auto one = cpu_device::make(options).value();
  const auto other = cpu_device::make(options).value();

  EXPECT_EQ(one->properties().enforcement, "hard");
  EXPECT_EQ(other->properties().enforcement, "hard");
}

TEST(CpuDevice, MeasuresTheCpuTimeOfAStep) {
  report_log log;  // outlives the device
  const auto device = cpu_device::make({}).value();
  const auto cpu_ns = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
  };

  ASSERT_TRUE(device->submit({0, 0,
                              [&] {
                                const auto end = cpu_ns() + 2'000'000;
                                while (cpu_ns() < end) {
                                }
                                return result<void>{};
                              },
                              log.expect(0)}));
  ASSERT_TRUE(log.wait_for(1));

  const auto report = log.of(0);
  EXPECT_GE(report.busy_ns, 2'000'000U);
  EXPECT_GE(report.wall_ns, report.busy_ns / 10 * 9);                 // two clocks
  while (device->statistics().steps == 0) std::this_thread::yield();  // counted after it was told
  EXPECT_EQ(report.busy_ns, device->statistics().busy_ns);
}

TEST(CpuDevice, TellsWhatItsMemoryAndItsWorkersDo) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 1;
  options.memory_bytes = 1U << 20U;
  const auto device = cpu_device::make(std::move(options)).value();
  EXPECT_THAT(device->telemetry().pool, ::testing::IsEmpty()) << "nobody has asked for memory";
  const auto memory = device->reserve(100'000, "me").value();
  void* place = memory->allocate(50'000);
  std::atomic<bool> may_end{false};
  ASSERT_TRUE(device->submit({0, 0,
                              [&] {
                                while (!may_end) {
                                }
                                return result<void>{};
                              },
                              log.expect(0)}));
  while (device->telemetry().busy_ns < 1'000'000) std::this_thread::yield();  // also of a step that still runs
  may_end = true;
  ASSERT_TRUE(log.wait_for(1));

  const auto told = device->telemetry();
  memory->deallocate(place, 50'000);

  EXPECT_TRUE(told.measures_busy);
  EXPECT_EQ(told.held_bytes, 100'000U);
  ASSERT_EQ(told.pool.size(), 1U);
  const auto& pool = told.pool[0];
  EXPECT_EQ(pool.asked, 50'000U);
  EXPECT_EQ(pool.asked + pool.internal + pool.cached + pool.external, pool.reserved);
}

TEST(CpuDevice, DoesNotChargeAStepForWaiting) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 2;
  const auto device = cpu_device::make(options).value();
  std::atomic<bool> released{false};

  // The second step burns 20 ms while the first one waits for it.
  ASSERT_TRUE(device->submit({1, 0, [&] { return released.wait(false), result<void>{}; }, log.expect(1)}));
  ASSERT_TRUE(device->submit({2, 0,
                              [&] {
                                timespec t{};
                                do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
                                while (t.tv_sec == 0 && t.tv_nsec < 20'000'000);
                                released = true;
                                released.notify_all();
                                return result<void>{};
                              },
                              log.expect(2)}));
  ASSERT_TRUE(log.wait_for(2));

  EXPECT_LT(log.of(1).busy_ns, log.of(1).wall_ns / 2);
}

TEST(CpuDevice, TakesTheNextStepWithoutASleep) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 1;
  const auto device = cpu_device::make(options).value();
  std::function<void(int)> chain = [&](int left) {
    auto done = log.expect(left);
    static_cast<void>(device->submit({1, 0, [] { return result<void>{}; },
                                      [&chain, done, left](step_report r) {
                                        if (left > 0) chain(left - 1);
                                        done(std::move(r));
                                      }}));
  };

  chain(999);
  ASSERT_TRUE(log.wait_for(1000));

  EXPECT_LE(device->statistics().wake_ups, 1U);
}

TEST(CpuDevice, RunsEveryStepOfManySubmittersOnce) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 2;
  const auto device = cpu_device::make(options).value();
  std::atomic<int> ran{0};
  {
    std::vector<std::jthread> submitters;
    for (std::uint64_t queue = 0; queue < 4; ++queue)
      submitters.emplace_back([&, queue] {
        for (int i = 0; i < 500; ++i)
          EXPECT_TRUE(device->submit({queue, 0, [&] { return ++ran, result<void>{}; }, log.expect(i)}));
      });
  }
  ASSERT_TRUE(log.wait_for(2000));

  EXPECT_EQ(ran, 2000);
  EXPECT_EQ(log.tags().size(), 2000U);
}

TEST(CpuDevice, CountsWhatItGaveUp) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 1;
  const auto device = cpu_device::make(options).value();
  auto release = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> began{false};
  auto run = [release, &began] {
    began = true;
    began.notify_all();
    release->wait(false);
    return result<void>{};
  };
  ASSERT_TRUE(device->submit({1, 0, run, log.expect(1)}));
  began.wait(false);

  EXPECT_TRUE(device->abandon(1));
  EXPECT_FALSE(device->abandon(1));
  ASSERT_TRUE(log.wait_for(1));
  EXPECT_EQ(device->statistics().stuck, 1U);
  EXPECT_EQ(device->statistics().workers, 1U);
  EXPECT_EQ(device->statistics().late_returns, 0U);

  *release = true;
  release->notify_all();
  while (device->statistics().late_returns == 0) std::this_thread::yield();
  EXPECT_EQ(log.tags().size(), 1U);
}

}  // namespace
}  // namespace dunlin
