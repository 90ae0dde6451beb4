// SPDX-License-Identifier: Apache-2.0
// Bytes written down once: whatever changes them breaks a swarm in which two builds meet.
#include <gtest/gtest.h>

#include "tests/coordination/codec/any_value.hpp"
#include "tests/coordination/codec/message_list.hpp"

namespace dunlin::test {
namespace {

template <class T>
std::string hex_of(const T& value) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (const auto each : codec::to_wire(value)) {
    out += digits[std::to_integer<unsigned>(each) >> 4];
    out += digits[std::to_integer<unsigned>(each) & 15];
  }
  return out;
}

constexpr task_id some_task{0x0123456789abcdef, 2};

TEST(CodecGolden, DrainOrder) { EXPECT_EQ(hex_of(drain_order{}), "91cd7530"); }

TEST(CodecGolden, HeartbeatAnswer) { EXPECT_EQ(hex_of(heartbeat_answer{300, 7, {}}), "93cd012c0790"); }

TEST(CodecGolden, CancelOrder) {
  EXPECT_EQ(hex_of(cancel_order{{some_task, make_epoch(1, 2)}, errc::expired}),
            "929292cf0123456789abcdef02cf000000010000000237");
}

TEST(CodecGolden, NodeLeaving) { EXPECT_EQ(hex_of(node_leaving{"bye"}), "91a3627965"); }

TEST(CodecGolden, AgentCall) {
  const agent_call call{{1}, {"a", {2}, {3}}, {"b", {4}, {5}}, "t", to_bytes("\xff"), std::chrono::milliseconds{3'000}};
  EXPECT_EQ(hex_of(call), "96910193a1619102910393a16291049105a174c401ffcd0bb8");
}

TEST(CodecGolden, OutcomeBatch) {
  task_outcome outcome;
  outcome.id = some_task;
  outcome.epoch = 5;
  outcome.crashed = true;
  outcome.output = to_bytes("ok");
  outcome.usage.run_ns = 1'000'000;
  EXPECT_EQ(hex_of(outcome_batch{9, {outcome}}),
            "92099197"
            "92cf0123456789abcdef02"
            "0500c3a0c4026f6b"
            "9500ce000f4240000090");
}

TEST(CodecGolden, PeerLost) {
  EXPECT_EQ(hex_of(peer_lost{"n", {0xffffffffffffffff}, ""}), "93a16e91cfffffffffffffffffa0");
}

TEST(CodecGolden, Welcome) { EXPECT_EQ(hex_of(link::welcome{}), "91c3"); }

TEST(CodecGolden, Refusal) { EXPECT_EQ(hex_of(link::refusal{errc::bad_secret, "no"}), "924ba26e6f"); }

}  // namespace
}  // namespace dunlin::test
