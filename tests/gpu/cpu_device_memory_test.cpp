// SPDX-License-Identifier: Apache-2.0
// The processor's memory: its pool, its holders' caps, what is given back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "gpu/cpu/cpu_device.hpp"
#include "tests/gpu/device_rig.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::report_log;
using ::dunlin::testing::run_directory;

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

TEST(CpuDeviceMemoryDeathTest, HasMemoryForItsHoldersWhereAddressesAreScarce) {
  EXPECT_EXIT(reserve_with_few_addresses(), ::testing::ExitedWithCode(0), "");
}
#endif

TEST(CpuDeviceMemory, GivesBackWhatNobodyUsedForAWhile) {
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

TEST(CpuDeviceMemory, ItsPoolIsAsItWasTold) {
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

TEST(CpuDeviceMemory, HasTheFractionOfTheMemoryThatItWasTold) {
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

TEST(CpuDeviceMemory, RefusesAPoolThatCannotBe) {
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

TEST(CpuDeviceMemory, KeepsTheBytesOfAnAbandonedStepCharged) {
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
