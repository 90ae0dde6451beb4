// SPDX-License-Identifier: Apache-2.0
#include "topology/shape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace dunlin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

overlay star() { return overlay::make(overlay_shape::star, {"c", "a", "hub", "b"}, "hub").value(); }
overlay mesh() { return overlay::make(overlay_shape::mesh, {"c", "a", "d", "b"}).value(); }

TEST(Overlay, StarLinksEveryNodeWithTheHubAlone) {
  EXPECT_THAT(*star().neighbours("a"), ElementsAre("hub"));
  EXPECT_THAT(*star().neighbours("hub"), ElementsAre("a", "b", "c"));
}

TEST(Overlay, StarRoutesThroughTheHub) {
  EXPECT_THAT(*star().route("a", "c"), ElementsAre("a", "hub", "c"));
  EXPECT_THAT(*star().route("a", "hub"), ElementsAre("a", "hub"));
  EXPECT_EQ(*star().distance("a", "c"), 2U);
  EXPECT_EQ(*star().distance("a", "a"), 0U);
}

TEST(Overlay, MeshLinksEveryPair) {
  EXPECT_THAT(*mesh().neighbours("b"), ElementsAre("a", "c", "d"));
  EXPECT_THAT(*mesh().route("d", "a"), ElementsAre("d", "a"));
}

TEST(Overlay, ProbesFollowTheRingOfNames) {
  EXPECT_THAT(*mesh().probe_peers("c", 2), ElementsAre("d", "a"));
  EXPECT_THAT(*mesh().probe_peers("c", 9), ElementsAre("d", "a", "b"));
  EXPECT_THAT(*star().probe_peers("c", 2), ElementsAre("hub"));
  EXPECT_THAT(*star().probe_peers("hub", 2), ElementsAre("a", "b"));
}

TEST(Overlay, OfOneNodeHasNoNeighbours) {
  const auto alone = overlay::make(overlay_shape::mesh, {"a"}).value();

  EXPECT_THAT(*alone.neighbours("a"), IsEmpty());
  EXPECT_THAT(*alone.probe_peers("a", 3), IsEmpty());
}

TEST(Overlay, RefusesBadNodes) {
  EXPECT_EQ(overlay::make(overlay_shape::mesh, {"a", "b", "a"}).error().code, errc::duplicate_name);
  EXPECT_EQ(overlay::make(overlay_shape::mesh, {"a b"}).error().code, errc::invalid_argument);
  EXPECT_EQ(overlay::make(overlay_shape::star, {"a", "b"}, "x").error().code, errc::not_found);
  EXPECT_EQ(mesh().route("a", "x").error().code, errc::not_found);
  EXPECT_EQ(mesh().neighbours("x").error().code, errc::not_found);
}

TEST(Overlay, ShapesHaveNames) {
  EXPECT_EQ(*parse_overlay_shape("star"), overlay_shape::star);
  EXPECT_EQ(*parse_overlay_shape("mesh"), overlay_shape::mesh);
  EXPECT_EQ(parse_overlay_shape("snowflake").error().code, errc::invalid_argument);
}

RC_GTEST_PROP(Overlay, IsTheSameForEveryOrderOfNodesAndWatchesAllEqually, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(2, 12);
  const auto watchers = *rc::gen::inRange<std::size_t>(1, count);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("node-" + std::to_string(i));
  auto turned = names;
  std::rotate(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(watchers), turned.end());
  const auto one = overlay::make(overlay_shape::mesh, names).value();
  const auto other = overlay::make(overlay_shape::mesh, turned).value();

  std::map<std::string, std::size_t> watched;
  for (const auto& name : names) {
    const auto peers = *one.probe_peers(name, watchers);
    RC_ASSERT(peers == *other.probe_peers(name, watchers));
    for (const auto& peer : peers) ++watched[peer];
  }
  for (const auto& name : names) RC_ASSERT(watched[name] == watchers);
}

}  // namespace
}  // namespace dunlin
