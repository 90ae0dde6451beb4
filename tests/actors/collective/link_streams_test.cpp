// SPDX-License-Identifier: Apache-2.0
// A stream that is being opened to a node that says nothing: what ends the wait.
#include "actors/collective/link_streams.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
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

/// Takes whatever comes.
class stream_heap final : public net::link_events {
  void on_peer_up(const link::identity&) override {}
  void on_peer_down(const link::identity&, const error&) override {}
  void on_message(const link::identity&, std::string_view, bytes_view) override {}
  void on_refused(const error&, bool) override {}
  void on_stream(const link::identity&, const net::stream_key&, net::byte_stream&& stream) override {
    const std::lock_guard lock{mutex_};
    streams_.push_back(std::move(stream));
  }

  std::mutex mutex_;
  std::vector<net::byte_stream> streams_;
};

/// All members of a large group call at once, and the node takes few strangers at a time.
TEST_F(LinkStreams, ABurstGetsThrough) {
  auto config = link_config_of("b", 2);
  config.limits.strangers = 8;
  stream_heap heap;
  const auto b = net::link_host::start(std::move(config), heap).value();
  std::vector<std::future<result<net::byte_stream>>> opening;
  for (std::size_t i = 0; i < 32; ++i)
    opening.push_back(std::async(std::launch::async, [this, port = b->port()] {
      return streams_.open({"b", {2}, "127.0.0.1", port}, {}, {});
    }));

  for (auto& one : opening) {
    const auto opened = one.get();
    EXPECT_TRUE(opened) << to_string(opened.error());
  }
}

/// One that accepts and closes may be dying: that is no reason to wait for long.
TEST_F(LinkStreams, WhoeverIsAlwaysClosedGivesUp) {
  auto config = link_config_of("b", 2);
  config.limits.strangers = 0;
  stream_heap heap;
  const auto b = net::link_host::start(std::move(config), heap).value();

  const auto opened = streams_.open({"b", {2}, "127.0.0.1", b->port()}, {}, {});

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::link_down) << to_string(opened.error());
}

}  // namespace
}  // namespace dunlin::testing
