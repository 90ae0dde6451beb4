// SPDX-License-Identifier: Apache-2.0
// Grants leave in batches, and each batch fits into one frame of the link.
#include "coordination/codec/fields.hpp"
#include "coordination/link/envelope.hpp"
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Placement, ALargeFlushLeavesInBatchesOfBoundedCount) {
  leader_story t;
  const auto a = t.join(node("a").slots(3'000));
  t.hold();
  for (int i = 0; i < 3; ++i) t.submit(std::vector<task_spec>(700, work().kind("work")));
  leader_story whole;
  const auto b = whole.join(node("b").slots(0));
  for (int i = 0; i < 3; ++i) whole.add_all(std::vector<task_spec>(700, work()));

  whole.join(node("b").slots(3'000));

  const auto batches = whole.heard<grant_batch>(b);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(batches[0].grants, SizeIs(1'024));
  EXPECT_THAT(batches[1].grants, SizeIs(1'024));
  EXPECT_THAT(batches[2].grants, SizeIs(52));
  for (const auto& batch : batches) EXPECT_THAT(batch.shapes, SizeIs(1)) << "each batch carries its own shapes";
  EXPECT_THAT(t.grants(a), IsEmpty());
}

TEST(Placement, ABatchIsAsSmallAsTheSettingsSay) {
  orchestration_config config;
  config.batch_limit = 1;
  leader_story t{config};
  const auto a = t.join(node("a").slots(9));

  t.submit({work(), work(), work()});

  const auto batches = t.heard<grant_batch>(a);
  ASSERT_THAT(batches, SizeIs(3));
  for (const auto& batch : batches) EXPECT_THAT(batch.grants, SizeIs(1));
}

TEST(Placement, ALargeFlushLeavesInBatchesOfBoundedBytes) {
  leader_story t;
  const auto a = t.join(node("a").slots(10));

  t.add_all(std::vector<task_spec>(5, work().payload(std::string(90 * 1'024, 'x'))));

  std::vector<std::size_t> sizes;
  for (const auto& batch : t.heard<grant_batch>(a)) sizes.push_back(batch.grants.size());
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

std::size_t room_in_a_frame() {
  return link::max_frame_bytes - link::envelope_overhead_bytes - std::string_view{grant_batch::wire_name}.size();
}

/// The largest shape that is accepted; `number` makes it another one.
task_spec largest_shape(int number) {
  return work().timeout(milliseconds{1'000'000 + number}).with([](task_spec& spec) {
    for (char i = 0; i < 32; ++i)
      spec.shape.capabilities.emplace_back(64, static_cast<char>(i < 26 ? 'a' + i : 'A' + i - 26));
    spec.shape.variants.assign(8, resources{1'000, std::uint64_t{1} << 40, 1'000, std::uint64_t{1} << 40});
  });
}

TEST(Placement, ABatchOfLargeShapesFitsIntoAFrame) {
  leader_story t;
  const auto a = t.join(node("a").only("work", largest_shape(0).shape.capabilities).slots(300));

  for (int i = 0; i < 300; ++i) t.leader->on_submit({1}, {largest_shape(i)}, 0, t.at, t.out);
  t.step([](auto&, auto&) {});

  std::size_t grants = 0;
  for (const auto& batch : t.heard<grant_batch>(a)) {
    grants += batch.grants.size();
    EXPECT_LE(codec::to_wire(batch).size(), room_in_a_frame());
  }
  EXPECT_EQ(grants, 300U);
}

TEST(Placement, TheLargestPayloadWithItsCheckpointFitsIntoAFrame) {
  leader_story t;
  const auto a = t.join(node("a").only("work", largest_shape(0).shape.capabilities));
  auto spec = largest_shape(0);
  spec.payload.resize(max_inline_bytes);
  spec.shape.retry.max_retries = 1;
  t.add(spec);
  const auto first = t.only_grant(a);
  const auto save = [&](std::size_t size) {
    t.step([&](auto& me, auto& to) { me.on_checkpoints(a, {{{first.id, first.epoch, bytes(size)}}}, t.at, to); });
  };

  save(max_grant_bytes - max_inline_bytes);
  save(max_inline_bytes);  // does not fit beside the payload: the older one is kept
  t.end(a, first, errc::handler_failed);
  t.pass(5s, {a});

  const auto batches = t.heard<grant_batch>(a);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].grants.at(0).checkpoint.size(), max_grant_bytes - max_inline_bytes);
  EXPECT_LE(codec::to_wire(batches[0]).size(), room_in_a_frame());
}

TEST(Placement, ABatchNamesEachShapeOnce) {
  leader_story t;
  const auto a = t.join(node("a").serves("other").slots(10));

  t.add_all({work(), work().kind("other"), work(), work().kind("other")});

  const auto batches = t.heard<grant_batch>(a);
  ASSERT_THAT(batches, SizeIs(1));
  ASSERT_THAT(batches[0].shapes, SizeIs(2));
  for (const auto& grant : batches[0].grants) {
    const auto& shape = batches[0].shapes.at(grant.shape);
    EXPECT_EQ(shape, t.leader->tasks().shapes().at(t.leader->tasks().find(grant.id)->shape));
  }
}

}  // namespace
}  // namespace dunlin
