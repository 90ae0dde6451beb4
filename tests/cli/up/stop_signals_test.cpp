// SPDX-License-Identifier: Apache-2.0
#include "cli/up/stop_signals.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace dunlin::cli {
namespace {

/// Waits until there is something to take.
bool comes(const stop_signals& signals) {
  pollfd wire{signals.fd(), POLLIN, 0};
  return ::poll(&wire, 1, 10'000) == 1;
}

TEST(StopSignals, AreTakenOneByOne) {
  stop_signals signals;
  EXPECT_FALSE(signals.came());
  EXPECT_FALSE(signals.take());
  ::raise(SIGINT);
  ::raise(SIGTERM);

  EXPECT_TRUE(signals.take());
  EXPECT_TRUE(signals.take());
  EXPECT_FALSE(signals.take());
  EXPECT_TRUE(signals.came());
}

TEST(StopSignals, ReachAThreadThatAnOlderThreadHasThemSentTo) {
  std::promise<void> over;
  std::thread older{[ended = over.get_future()] { ended.wait(); }};  // as a library makes them before main
  {
    stop_signals signals;
    ::pthread_kill(older.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread): it is caught
    EXPECT_TRUE(comes(signals));
    EXPECT_TRUE(signals.take());
  }
  over.set_value();
  older.join();
}

TEST(StopSignals, OfTheWholeProcessAreCountedOnce) {
  stop_signals signals;
  ::kill(::getpid(), SIGINT);

  EXPECT_TRUE(comes(signals));
  EXPECT_TRUE(signals.take());
  EXPECT_FALSE(signals.take());
}

TEST(StopSignals, AreLeftAsTheyWere) {
  const auto handler = [] {
    struct sigaction now {};
    ::sigaction(SIGINT, nullptr, &now);
    return now.sa_handler;
  };
  const auto before = handler();
  { const stop_signals signals; }
  EXPECT_EQ(handler(), before);
}

}  // namespace
}  // namespace dunlin::cli
