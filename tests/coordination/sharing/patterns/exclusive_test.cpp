// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/patterns/exclusive.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/patterns/exclusive_support.hpp"

namespace dunlin {
namespace {

constexpr auto t0 = shared_device::t0;

TEST(Exclusive, FreeDeviceIsGrantedAtOnceAndWhole) {
  shared_device some;
  ASSERT_TRUE(some.ask(1, t0, 7).has_value());

  ASSERT_EQ(some.said(), "granted 1");
  const auto& granted = std::get<share_granted>(some.out.front());
  EXPECT_EQ(granted.request, request_id{10});
  const auto& contract = granted.contract;
  EXPECT_EQ(contract.device, device_id{2});
  EXPECT_EQ(contract.pattern, sharing_pattern::exclusive);
  EXPECT_EQ(contract.granted, (share_grant{4, 0, duration{0}}));
  EXPECT_EQ(contract.compute_enforcement, enforcement::hard);
  EXPECT_EQ(contract.token, 101U) << "goes on from what the device has seen";
  EXPECT_EQ(contract.deadline, t0 + 10s);
  EXPECT_EQ(contract.priority, 7);
  EXPECT_TRUE(contract.shared_with.empty());
}

TEST(Exclusive, SecondHolderWaitsForTheRelease) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  EXPECT_EQ(some.said(), "");

  ASSERT_TRUE(some.release(1, 101, t0 + 1s).has_value());

  EXPECT_EQ(some.said(), "granted 2");
  EXPECT_EQ(some.token(), 102U);
}

TEST(Exclusive, RenewalProlongsTheLease) {
  shared_device some;
  some.ask(1, t0);

  EXPECT_EQ(some.renew(1, 101, t0 + 9s), t0 + 19s);
  some.tick(t0 + 18s);

  EXPECT_EQ(some.holder(), 1U);
}

TEST(Exclusive, ExpiredLeaseIsRevokedExactlyOnceThenTheNextIsServed) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);

  some.tick(t0 + 10s - 1ns);
  EXPECT_EQ(some.said(), "");
  some.tick(t0 + 10s);
  EXPECT_EQ(some.said(), "revoked 1, granted 2");
  EXPECT_EQ(std::get<share_revoked>(some.out.front()).token, 101U);
  EXPECT_EQ(std::get<share_revoked>(some.out.front()).why.code, errc::lease_expired);
  some.tick(t0 + 11s);
  EXPECT_EQ(some.said(), "");
}

TEST(Exclusive, RenewalAfterTheDeadlineIsRefusedEvenBeforeTheTick) {
  shared_device some;
  some.ask(1, t0);
  EXPECT_EQ(some.renew(1, 101, t0 + 10s).error().code, errc::lease_expired);
}

TEST(Exclusive, OldTokenIsFencedOff) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  some.tick(t0 + 10s);

  EXPECT_EQ(some.renew(1, 101, t0 + 11s).error().code, errc::fenced_off);
  EXPECT_EQ(some.release(1, 101, t0 + 11s).error().code, errc::fenced_off);
  EXPECT_EQ(some.renew(2, 101, t0 + 11s).error().code, errc::fenced_off);
  EXPECT_EQ(some.renew(3, 102, t0 + 11s).error().code, errc::not_holder);
  EXPECT_EQ(some.holder(), 2U);
}

TEST(Exclusive, LapsedLeaseOfAnIdleDeviceSaysExpired) {
  shared_device some;
  some.ask(1, t0);
  some.tick(t0 + 10s);
  EXPECT_EQ(some.renew(1, 101, t0 + 11s).error().code, errc::lease_expired);
  EXPECT_EQ(some.holder(), 0U);
}

TEST(Exclusive, LostHolderIsFreedAtOnce) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  some.out.clear();

  some.device.holder_lost(agent_id{1}, t0 + 1ms, some.out);

  EXPECT_EQ(some.said(), "revoked 1, granted 2");
  EXPECT_EQ(std::get<share_revoked>(some.out.front()).why.code, errc::crashed);
}

TEST(Exclusive, LostWaiterNeverGetsTheDevice) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  some.out.clear();

  some.device.holder_lost(agent_id{2}, t0, some.out);
  some.release(1, 101, t0 + 1s);

  EXPECT_EQ(some.said(), "");
  EXPECT_EQ(some.holder(), 0U);
}

TEST(Exclusive, RevokeWithGraceRecallsAndThenEndsTheLease) {
  shared_device some;
  some.ask(1, t0);
  some.out.clear();

  ASSERT_TRUE(some.device.revoke(agent_id{1}, 2s, "the operator asks", t0 + 1s, some.out).has_value());
  EXPECT_EQ(some.said(), "recalled 1");
  EXPECT_EQ(std::get<share_recalled>(some.out.front()).until, t0 + 3s);
  EXPECT_EQ(some.renew(1, 101, t0 + 2s).error().code, errc::conflict);

  some.tick(t0 + 3s);
  EXPECT_EQ(some.said(), "revoked 1");
}

TEST(Exclusive, RevokeWithoutGraceEndsTheLeaseAtOnce) {
  shared_device some;
  some.ask(1, t0);
  some.ask(2, t0);
  some.out.clear();

  ASSERT_TRUE(some.device.revoke(agent_id{1}, 0s, "device lost", t0, some.out).has_value());
  EXPECT_EQ(some.said(), "revoked 1, granted 2");
  EXPECT_EQ(some.device.revoke(agent_id{1}, 0s, "", t0, some.out).error().code, errc::not_holder);
}

TEST(Exclusive, RefusesWhatItCannotGive) {
  shared_device some;
  const auto code = [&](const share_request& wish) { return some.device.request(wish, t0, some.out).error().code; };

  EXPECT_EQ(code({}), errc::invalid_argument);
  EXPECT_EQ(code({request_id{1}, agent_id{1}, {}, 0}), errc::invalid_argument);
  EXPECT_EQ(code({request_id{1}, agent_id{1}, {}, 11}), errc::invalid_argument);
  EXPECT_EQ(code({request_id{1}, agent_id{1}, {}, 5, true, -1s}), errc::invalid_argument);
  EXPECT_EQ(code({request_id{1}, agent_id{1}, {1'001}}), errc::infeasible);
  EXPECT_EQ(code({request_id{1}, agent_id{1}, {.memory_bytes = 1'001}}), errc::infeasible);
  EXPECT_TRUE(some.out.empty());
  EXPECT_EQ(some.holder(), 0U);
}

TEST(Exclusive, MeasuredUseAddsUpInTheHoldersContract) {
  shared_device some;
  some.ask(1, t0);
  some.device.on_used(agent_id{1}, 101, {5, 700, 2, exactness::exact});
  some.device.on_used(agent_id{1}, 101, {6, 300, 1, exactness::exact});
  some.device.on_used(agent_id{1}, 99, {1'000, 0, 0, exactness::upper_bound});

  EXPECT_EQ(some.device.contracts().front().used, (share_use{11, 700, 3, exactness::exact}));
}

}  // namespace
}  // namespace dunlin
