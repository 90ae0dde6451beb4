// SPDX-License-Identifier: Apache-2.0
// What only the processor promises: claims, measured CPU time, threads that do not sleep while there is work.
#include "gpu/cpu/cpu_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <fstream>
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

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they take addresses of their own
/// Returns the bytes of addresses that this process has.
std::uint64_t address_bytes() {
  std::uint64_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// Ends with 0 if a holder has memory although addresses are as scarce as memory.
[[noreturn]] void reserve_with_few_addresses() {
  cpu_device_options options;
  options.workers = 1;
  options.memory_bytes = 1ULL << 30;
  const auto device = cpu_device::make(std::move(options)).value();
  const rlimit few{address_bytes() + (2ULL << 30), RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &few) != 0) std::_Exit(2);
  auto memory = device->reserve(1'000'000, "me");
  if (!memory) std::_Exit(1);
  void* place = (*memory)->allocate(500'000);
  (*memory)->deallocate(place, 500'000);
  std::_Exit(0);
}

TEST(CpuDeviceDeathTest, HasMemoryForItsHoldersWhereAddressesAreScarce) {
  EXPECT_EXIT(reserve_with_few_addresses(), ::testing::ExitedWithCode(0), "");
}
#endif

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

TEST(CpuDevice, GivesBackWhatNobodyUsedForAWhile) {
  cpu_device_options options;
  options.workers = 1;
  const auto device = cpu_device::make(std::move(options)).value();
  auto memory = device->reserve(1 << 20, "me").value();
  memory->deallocate(memory->allocate(100'000), 100'000);
  const auto reserved = [&] { return device->telemetry().pool.front().reserved; };
  ASSERT_GT(reserved(), 100'000U);
  const time_point start{std::chrono::seconds{1'000}};

  device->tidy(start);
  device->tidy(start + idle_watch::patience);
  report_log log;
  ASSERT_TRUE(device->submit({0, 0, [] { return result<void>{}; }, log.expect(1)}));  // behind its own step
  ASSERT_TRUE(log.wait_for(1));

  EXPECT_EQ(reserved(), 0U);
}

TEST(CpuDevice, ItsPoolIsAsItWasTold) {
  cpu_device_options options;
  options.workers = 1;
  options.memory_bytes = 1U << 20U;
  options.pool = {.min_bytes = 256U << 10U, .max_bytes = 512U << 10U};
  const auto device = cpu_device::make(std::move(options)).value();
  const auto memory = device->reserve(1U << 20U, "me").value();

  void* place = memory->allocate(100);
  EXPECT_EQ(device->telemetry().pool.at(0).reserved, 256U << 10U) << "taken at once";
  EXPECT_THROW(static_cast<void>(memory->allocate(600U << 10U)), std::bad_alloc);
  memory->deallocate(place, 100);
}

TEST(CpuDevice, HasTheFractionOfTheMemoryThatItWasTold) {
  const auto with = [](double fraction) {
    cpu_device_options options;
    options.workers = 1;
    options.memory_fraction = fraction;
    return cpu_device::make(std::move(options));
  };

  const auto quarter = with(0.25).value()->properties().memory_bytes;
  const auto half = with(0.5).value()->properties().memory_bytes;

  EXPECT_NEAR(static_cast<double>(half) / static_cast<double>(quarter), 2, 0.001);
  EXPECT_EQ(with(0).error().path, "memory_fraction");
  EXPECT_EQ(with(1.01).error().code, errc::invalid_argument);
}

TEST(CpuDevice, RefusesAPoolThatCannotBe) {
  const auto with = [](pool_options pool) {
    cpu_device_options options;
    options.workers = 1;
    options.memory_bytes = 1U << 20U;
    options.pool = pool;
    return cpu_device::make(std::move(options));
  };

  EXPECT_EQ(with({.min_bytes = 2U << 20U}).error().path, "pool_min_bytes");
  EXPECT_EQ(with({.min_bytes = 2, .max_bytes = 1}).error().path, "pool_min_bytes");
  EXPECT_EQ(with({.growth_factor = 0.9}).error().path, "pool_growth_factor");
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

TEST(CpuDevice, KeepsTheBytesOfAnAbandonedStepCharged) {
  report_log log;  // outlives the device
  cpu_device_options options;
  options.workers = 1;
  options.memory_bytes = 1000;
  const auto device = cpu_device::make(options).value();
  auto release = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> began{false};
  {
    auto memory = device->reserve(800, "me").value();
    auto run = [memory, release, &began] {
      began = true;
      began.notify_all();
      release->wait(false);
      return result<void>{};
    };
    ASSERT_TRUE(device->submit({1, 0, run, log.expect(1)}));
  }
  began.wait(false);
  ASSERT_TRUE(device->abandon(1));
  ASSERT_TRUE(log.wait_for(1));

  EXPECT_FALSE(device->reserve(800, "me"));

  *release = true;
  release->notify_all();
  while (device->reserved_bytes() > 0) std::this_thread::yield();
  EXPECT_TRUE(device->reserve(800, "me"));
}

}  // namespace
}  // namespace dunlin
