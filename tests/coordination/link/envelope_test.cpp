// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/envelope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordination/codec/writer.hpp"

namespace dunlin::link {
namespace {

bytes_view without_length(const bytes& raw) { return bytes_view{raw}.subspan(length_bytes); }

TEST(Envelope, ComesBackAsItWas) {
  const auto body = to_bytes("some bytes");
  bytes raw;
  append_frame(raw, {1ULL << 63, incarnation{2}, incarnation{3}, 4, 5, "kind", body});

  const auto back = read_envelope(without_length(raw));

  ASSERT_TRUE(back);
  EXPECT_EQ(back->cluster, 1ULL << 63);
  EXPECT_EQ(back->source, incarnation{2});
  EXPECT_EQ(back->destination, incarnation{3});
  EXPECT_EQ(back->epoch, 4U);
  EXPECT_EQ(back->seq, 5U);
  EXPECT_EQ(back->kind, "kind");
  EXPECT_EQ(as_text(back->body), "some bytes");
}

TEST(Envelope, OverheadIsAnUpperBound) {
  constexpr auto most = ~std::uint64_t{0};
  const std::string kind(200, 'k');
  const bytes body(100'000);
  bytes raw;
  append_frame(raw, {most, incarnation{most}, incarnation{most}, most, most, kind, body});

  EXPECT_LE(raw.size(), envelope_overhead_bytes + kind.size() + body.size());
}

TEST(Envelope, EveryTruncationIsRefused) {
  bytes raw;
  append_frame(raw, {1, incarnation{2}, incarnation{3}, 4, 5, "kind", to_bytes("body")});
  const auto whole = without_length(raw);

  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_envelope(whole.first(size))) << "of " << size << " bytes";
}

TEST(Envelope, BytesLeftOverAreRefused) {
  bytes raw;
  append_frame(raw, {1, incarnation{2}, incarnation{3}, 4, 5, "kind", {}});
  raw.push_back({});
  EXPECT_EQ(read_envelope(without_length(raw)).error().code, errc::protocol_violation);
}

}  // namespace
}  // namespace dunlin::link
