// SPDX-License-Identifier: Apache-2.0
// What only the processor promises: claims, measured CPU time, threads that do not sleep while there is work.
#include "gpu/cpu/cpu_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <thread>

#include "gpu/cpu/core_claims.hpp"
#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/device_rig.hpp"

namespace dunlin {
namespace {

using ::dunlin::testing::report_log;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A run directory of this test alone.
class run_directory {
 public:
  run_directory() {
    std::string pattern = ::testing::TempDir() + "dunlin-cores-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~run_directory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::shared_ptr<cpu_device> device_of(const run_directory& dir, const char* owner, std::uint32_t cores = 0) {
  cpu_device_options options;
  options.run_directory = dir.path();
  options.owner = owner;
  options.cores = cores;
  return cpu_device::make(std::move(options)).value();
}

/// Runs one empty step on every device so that each worker of a one-worker device has pinned itself.
std::string enforcement_of(cpu_device& device) {
  report_log log;
  EXPECT_TRUE(device.submit({0, 0, [] { return result<void>{}; }, log.expect(0)}));
  EXPECT_TRUE(log.wait_for(1));
  return device.properties().enforcement;
}

TEST(CpuDevice, IsHardWhileItsCoresAreItsOwn) {
  run_directory dir;
  const auto device = device_of(dir, "a", 1);

  EXPECT_EQ(enforcement_of(*device), "hard");
  EXPECT_EQ(device->properties().compute_units, 1U);
}

TEST(CpuDevice, NamesWhoSharesACoreAsLongAsItIsShared) {
  run_directory dir;
  const auto first = device_of(dir, "a");
  auto second = device_of(dir, "b", 1);
  const auto core = std::to_string(allowed_cores().front());

  EXPECT_EQ(enforcement_of(*first), "advisory (core " + core + " shared with node b)");
  EXPECT_EQ(enforcement_of(*second), "advisory (core " + core + " shared with node a)");

  second.reset();
  EXPECT_EQ(enforcement_of(*first), "hard");
}

TEST(CpuDevice, SaysThatNothingWasClaimed) {
  const auto device = cpu_device::make({}).value();

  EXPECT_EQ(device->properties().enforcement, "advisory (cores not claimed)");
  EXPECT_EQ(device->properties().compute_units, allowed_cores().size());
}

TEST(CpuDevice, SaysThatItHasMoreWorkersThanCores) {
  run_directory dir;
  cpu_device_options options;
  options.run_directory = dir.path();
  options.cores = 1;
  options.workers = 3;

  const auto device = cpu_device::make(options).value();

  EXPECT_EQ(device->properties().enforcement, "advisory (3 workers on 1 cores)");
}

TEST(CpuDevice, RefusesARunDirectoryThatCannotBe) {
  cpu_device_options options;
  options.run_directory = "/proc/no/such/place";

  EXPECT_EQ(cpu_device::make(options).error().code, errc::io_failed);
}

TEST(CoreClaims, PreferCoresThatNobodyHolds) {
  run_directory dir;
  const auto first = core_claims::claim(dir.path(), "a", {4, 5, 6}, 1).value();
  const auto second = core_claims::claim(dir.path(), "b", {4, 5, 6}, 2).value();
  const auto third = core_claims::claim(dir.path(), "c", {4, 5, 6}, 1).value();

  EXPECT_THAT(first->cores(), ::testing::ElementsAre(4));
  EXPECT_THAT(second->cores(), ::testing::ElementsAre(5, 6));
  EXPECT_EQ(second->sharing(), "");
  EXPECT_EQ(third->sharing(), "core 4 shared with node a");
  EXPECT_EQ(first->sharing(), "core 4 shared with node c");
}

TEST(CoreClaims, EndWithTheirHolder) {
  run_directory dir;
  { const auto gone = core_claims::claim(dir.path(), "a", {4}, 0).value(); }

  EXPECT_EQ(core_claims::claim(dir.path(), "b", {4}, 0).value()->sharing(), "");
}

TEST(CpuDevice, RunsStepsOnItsOwnPinnedThreads) {
  report_log log;  // outlives the device
  run_directory dir;
  const auto device = device_of(dir, "a", 1);
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
  EXPECT_GE(report.wall_ns, report.busy_ns / 10 * 9);  // two clocks
  EXPECT_EQ(report.busy_ns, device->statistics().busy_ns);
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
    auto memory = device->reserve(800).value();
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

  EXPECT_FALSE(device->reserve(800));

  *release = true;
  release->notify_all();
  while (device->reserved_bytes() > 0) std::this_thread::yield();
  EXPECT_TRUE(device->reserve(800));
}

TEST(Arena, TracksItsPeak) {
  const auto budget = std::make_shared<memory_budget>(10'000);
  const auto memory = arena::make(budget, 1000).value();

  void* a = memory->allocate(600);
  memory->deallocate(a, 600);
  void* b = memory->allocate(300);

  EXPECT_EQ(memory->used_bytes(), 300U);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  EXPECT_THROW(static_cast<void>(memory->allocate(701)), arena_exhausted);
  EXPECT_EQ(memory->peak_bytes(), 600U);
  memory->deallocate(b, 300);
}

}  // namespace
}  // namespace dunlin
