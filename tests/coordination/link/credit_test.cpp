// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/link_end.hpp"

namespace dunlin::link {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Two ends that have met; the second consumes only when told.
class Credit : public testing::Test {
 protected:
  Credit() : a_{dialler()}, b_{acceptor()} { settle(a_, b_); }

  static link_end::options dialler() {
    link_end::options out;
    out.dialler = true;
    return out;
  }
  static link_end::options acceptor() {
    link_end::options out;
    out.who = identity_of("b");
    out.consumes = false;
    return out;
  }

  std::size_t send_until_refused(bytes_view body) {
    std::size_t sent = 0;
    while (true) {
      const auto done = a_.send("m", body);
      if (!done) {
        EXPECT_EQ(done.error().code, errc::no_credit);
        return sent;
      }
      ++sent;
      settle(a_, b_);
    }
  }

  link_end a_;
  link_end b_;
};

TEST_F(Credit, FramesInFlightAreBounded) {
  EXPECT_EQ(send_until_refused({}), control_window.frames);
  EXPECT_FALSE(b_.inside().is_closed());
}

TEST_F(Credit, BytesInFlightAreBounded) {
  const bytes body(192 * 1024);
  EXPECT_EQ(send_until_refused(body), control_window.bytes / cost_of("m", body).bytes);
  EXPECT_FALSE(b_.inside().is_closed());
}

TEST_F(Credit, ConsumedFramesComeBackInPortions) {
  ASSERT_EQ(send_until_refused({}), control_window.frames);
  const auto each = cost_of("m", {});

  for (std::uint32_t i = 0; i + 1 < control_window.frames / 4; ++i) b_.consume(each);
  settle(a_, b_);
  EXPECT_THAT(a_.log(), Not(Contains(HasSubstr("credit"))));
  b_.consume(each);
  settle(a_, b_);

  EXPECT_THAT(a_.log(), Contains("credit 192 writable"));
  EXPECT_EQ(send_until_refused({}), control_window.frames / 4);
}

TEST_F(Credit, BigMessagesComeBackByTheirBytes) {
  const bytes body(192 * 1024);
  ASSERT_GT(send_until_refused(body), 4U);

  for (int i = 0; i < 4; ++i) b_.consume(cost_of("m", body));
  settle(a_, b_);

  EXPECT_THAT(a_.log(), Contains("credit 4 writable"));
}

TEST_F(Credit, WritableIsOnlySaidToWhomWasRefused) {
  for (std::uint32_t i = 0; i < control_window.frames / 4; ++i) ASSERT_TRUE(a_.send("m", {}));
  settle(a_, b_);

  for (std::uint32_t i = 0; i < control_window.frames / 4; ++i) b_.consume(cost_of("m", {}));
  settle(a_, b_);

  EXPECT_THAT(a_.log(), Contains("credit 192"));
}

TEST_F(Credit, SendingWithoutCreditIsAViolation) {
  a_.out().open(identity_of("b").life, {100'000, 100'000'000});  // a sender that counts otherwise

  for (std::uint32_t i = 0; i <= control_window.frames; ++i) ASSERT_TRUE(a_.send("m", {}));
  settle(a_, b_);

  EXPECT_EQ(b_.inside().why().code, errc::protocol_violation);
  EXPECT_THAT(b_.inside().why().context, HasSubstr("without credit"));
}

TEST_F(Credit, ReturningMoreThanWasSentIsAViolation) {
  b_.out().say(credit{{1, 65}});
  settle(a_, b_);

  EXPECT_EQ(a_.inside().why().code, errc::protocol_violation);
  EXPECT_EQ(b_.inside().why().code, errc::protocol_violation);
}

TEST_F(Credit, ConsumingMoreThanCameReturnsOnlyWhatCame) {
  ASSERT_TRUE(a_.send("m", {}));
  settle(a_, b_);

  b_.consume({100'000, 100'000'000});
  settle(a_, b_);
  for (std::uint32_t i = 0; i < control_window.frames / 4; ++i) ASSERT_TRUE(a_.send("m", {}));
  settle(a_, b_);

  EXPECT_FALSE(a_.inside().is_closed()) << to_string(a_.inside().why());
}

TEST(Outbox, RefusesWhatDoesNotFitAFrame) {
  outbox out{1, incarnation{2}};
  EXPECT_EQ(out.send("m", {}).error().code, errc::unreachable);
  out.open(incarnation{3}, control_window);

  EXPECT_EQ(out.send("m", bytes(max_frame_bytes)).error().code, errc::too_large);
  EXPECT_EQ(out.send("link.ping", {}).error().code, errc::invalid_argument);
  EXPECT_EQ(out.send("", {}).error().code, errc::invalid_argument);
  EXPECT_TRUE(out.pending().empty());
  EXPECT_TRUE(out.send("m", bytes(max_frame_bytes - envelope_overhead_bytes - 1)));
  EXPECT_LE(out.pending().size(), length_bytes + max_frame_bytes);
}

}  // namespace
}  // namespace dunlin::link
