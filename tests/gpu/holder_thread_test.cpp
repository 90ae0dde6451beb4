// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/holder_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

namespace dunlin {
namespace {

using testing::ElementsAre;

/// A thread that sleeps until the test lets it go, and tells on which cores it woke and then ran.
class sleeper {
 public:
  sleeper()
      : thread_([this] {
          place.is_on(cores_of_this_thread());
          place.sleeps();
          asleep_.count_down();
          go_.wait();
          place.wakes();
          woke_on = cores_of_this_thread();
          place.go_to(allowed_before);
          ran_on = cores_of_this_thread();
        }) {
    asleep_.wait();
  }
  void wake() {
    go_.count_down();
    thread_.join();
  }

  holder_thread place;
  std::vector<std::uint32_t> allowed_before = allowed_cores();
  std::vector<std::uint32_t> woke_on;
  std::vector<std::uint32_t> ran_on;

 private:
  std::latch asleep_{1};
  std::latch go_{1};
  std::thread thread_;
};

TEST(HolderThread, WakesWhereItWasTiedToAndGoesBackToItsCores) {
  sleeper one;
  const auto core = one.allowed_before.back();

  one.place.tie_to(core);
  one.wake();

  EXPECT_THAT(one.woke_on, ElementsAre(core));
  EXPECT_EQ(one.ran_on, one.allowed_before);
  EXPECT_EQ(one.place.cores(), one.allowed_before);
}

TEST(HolderThread, IsNotTiedWhileItIsAwake) {
  sleeper one;
  one.wake();

  one.place.tie_to(one.allowed_before.back());

  EXPECT_EQ(one.place.cores(), one.allowed_before);
}

}  // namespace
}  // namespace dunlin
