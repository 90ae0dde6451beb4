// SPDX-License-Identifier: Apache-2.0
// A stream that is being opened to a node that says nothing: what ends the wait.
#include "actors/collective/link_streams.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::testing {
namespace {

using namespace dunlin::test;

/// Its clock stands: only what a test does ends a wait.
class LinkStreams : public ::testing::Test {
 protected:
  /// Begins to open a stream, and returns when the other side has been called.
  std::future<result<net::byte_stream>> begin(const wait_terms& terms) {
    auto out = std::async(std::launch::async, [this, terms] {
      return streams_.open({"mute", {2}, "127.0.0.1", mute_.port()}, {}, terms);
    });
    called_.emplace(mute_.accept());
    return out;
  }

  link_record record_;
  std::shared_ptr<net::link_host> host_ = start_link(link_config_of("a", 1), record_);
  link_streams streams_{[this] { return host_; }, [] { return time_point{}; }};
  raw_listener mute_;
  std::optional<raw_socket> called_;
};

/// The host is gone when its last owner is: whoever waits must not be one.
TEST_F(LinkStreams, AHostEndsWhileAStreamIsOpened) {
  auto opening = begin({});

  host_.reset();

  const auto opened = opening.get();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::shutting_down) << to_string(opened.error());
}

TEST_F(LinkStreams, ACancelledTaskDoesNotWaitForTheHandshake) {
  const auto bell = std::make_shared<wake_bell>();
  std::atomic<bool> is_cancelled{false};
  auto opening = begin({time_point::max(), [&] { return is_cancelled.load(); }, bell});

  is_cancelled = true;
  bell->ring();

  const auto opened = opening.get();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::cancelled);
}

TEST_F(LinkStreams, TheCallersDeadlineCounts) {
  auto opening = begin({time_point{} - 1s, {}, {}});

  const auto opened = opening.get();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::timeout) << to_string(opened.error());
}

}  // namespace
}  // namespace dunlin::testing
