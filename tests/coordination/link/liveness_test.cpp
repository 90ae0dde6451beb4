// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/link_end.hpp"

namespace dunlin::link {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr time_point t0{};

link_end::options dialler() {
  link_end::options out;
  out.dialler = true;
  return out;
}

link_end::options acceptor() {
  link_end::options out;
  out.who = identity_of("b");
  return out;
}

class Liveness : public testing::Test {
 protected:
  Liveness() : a_{dialler()}, b_{acceptor()} { settle(a_, b_); }

  /// Ticks `end` every 250 ms from `from` up to `to`.
  static void tick_through(link_end& end, time_point from, time_point to) {
    for (auto now = from + 250ms; now <= to; now += 250ms) end.tick(now);
  }

  link_end a_;
  link_end b_;
};

TEST_F(Liveness, PingsOnlyWhenNothingElseWasSaid) {
  a_.tick(t0 + 250ms);  // the handshake was said
  EXPECT_TRUE(a_.take_output().empty());
  a_.tick(t0 + 500ms);
  EXPECT_FALSE(a_.take_output().empty());
  ASSERT_TRUE(a_.send("m", {}));
  a_.take_output();
  a_.tick(t0 + 750ms);  // the ping, and then the message, were said
  EXPECT_TRUE(a_.take_output().empty());
}

TEST_F(Liveness, IdlePeersStayUp) {
  for (auto now = t0 + 250ms; now < t0 + 60s; now += 250ms) {
    a_.tick(now);
    b_.tick(now);
    settle(a_, b_);
  }
  EXPECT_THAT(a_.log(), ElementsAre("opened b"));
  EXPECT_THAT(b_.log(), ElementsAre("opened a"));
}

TEST_F(Liveness, SilentPeerIsDown) {
  tick_through(a_, t0, t0 + 2'250ms);
  EXPECT_FALSE(a_.inside().is_closed());
  a_.tick(t0 + 2'500ms);
  EXPECT_THAT(a_.log(), ElementsAre("opened b", HasSubstr("closed silent timeout: node 'b' has been silent")));
}

TEST_F(Liveness, AnyByteIsASignOfLife) {
  ASSERT_TRUE(b_.send("slow", as_bytes("a message over a slow line")));
  const auto raw = b_.take_output();

  auto now = t0;
  for (const auto each : raw) {
    now += 250ms;
    a_.feed({&each, 1}, now);
    a_.tick(now);
  }

  EXPECT_THAT(a_.log(), ElementsAre("opened b", "received slow a message over a slow line"));
}

TEST_F(Liveness, OneWhoSleptBlamesNobody) {
  a_.tick(t0 + 40s);
  EXPECT_FALSE(a_.inside().is_closed());
  tick_through(a_, t0 + 40s, t0 + 42'500ms);
  EXPECT_EQ(a_.inside().why().code, errc::timeout);
}

TEST_F(Liveness, GoodbyeIsToldWithItsReason) {
  a_.say_goodbye(error{errc::duplicate_name, "the leader knows another 'b'"});
  settle(a_, b_);

  EXPECT_THAT(a_.log(), ElementsAre("opened b", "closed goodbye duplicate_name: the leader knows another 'b'"));
  EXPECT_THAT(
      b_.log(),
      ElementsAre("opened a", "closed goodbye duplicate_name: node 'a' said goodbye: the leader knows another 'b'"));
}

TEST(LinkHandshake, AByteNowAndThenBuysNoTime) {
  link_end b{acceptor()};
  link_end a{dialler()};
  const auto hello = a.take_output();

  std::size_t at = 0;
  for (auto now = t0 + 250ms; now < t0 + 5s; now += 250ms) {
    b.feed(bytes_view{hello}.subspan(at++, 1), now);
    b.tick(now);
  }
  EXPECT_FALSE(b.inside().is_closed());
  b.tick(t0 + 5s);

  EXPECT_THAT(b.log(), ElementsAre(HasSubstr("closed timed_out")));
}

TEST(LinkHandshake, SilentStrangerIsToldThatItIsLate) {
  link_end a{dialler()};
  link_end b{acceptor()};
  a.take_output();

  for (auto now = t0 + 250ms; now <= t0 + 5s; now += 250ms) b.tick(now);

  EXPECT_THAT(b.log(), ElementsAre(HasSubstr("closed timed_out timeout: the handshake")));
  a.feed(b.take_output());
  EXPECT_EQ(a.inside().why().code, errc::timeout);
}

}  // namespace
}  // namespace dunlin::link
