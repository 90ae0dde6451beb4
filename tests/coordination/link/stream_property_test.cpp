// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/support/link_end.hpp"

namespace dunlin::link {
namespace {

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

/// What a dialler sends from its hello to its goodbye, with messages of many sizes between.
bytes valid_stream(const std::vector<std::size_t>& sizes) {
  link_end a{dialler()};
  link_end b{acceptor()};
  bytes out;
  const auto carry = [&] {
    auto raw = a.take_output();
    out.insert(out.end(), raw.begin(), raw.end());
    b.feed(raw);
    a.feed(b.take_output());
  };
  for (int i = 0; i < 3; ++i) carry();
  for (const auto size : sizes) {
    RC_ASSERT(a.send("m", bytes(size, std::byte{'x'})));
    carry();
  }
  a.tick(time_point{} + 250ms);
  a.tick(time_point{} + 500ms);
  a.say_goodbye(error{errc::shutting_down, "done"});
  carry();
  return out;
}

/// What an acceptor makes of a stream in chunks that end at `cuts`.
std::vector<std::string> log_of(bytes_view stream, const std::vector<std::size_t>& cuts) {
  link_end b{acceptor()};
  std::size_t at = 0;
  for (const auto cut : cuts) {
    const bytes chunk{stream.begin() + static_cast<std::ptrdiff_t>(at),
                      stream.begin() + static_cast<std::ptrdiff_t>(cut)};
    b.feed(chunk);
    at = cut;
  }
  b.feed(stream.subspan(at));
  return b.log();
}

std::vector<std::size_t> any_sizes() {
  return *rc::gen::container<std::vector<std::size_t>>(rc::gen::weightedOneOf<std::size_t>(
      {{8, rc::gen::inRange<std::size_t>(0, 300)}, {1, rc::gen::inRange<std::size_t>(0, 190'000)}}));
}

RC_GTEST_PROP(LinkStream, EverySplitGivesTheSameEffects, ()) {
  const auto stream = valid_stream(any_sizes());
  const auto whole = log_of(stream, {});
  RC_ASSERT(whole.back().starts_with("closed goodbye"));

  auto cuts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, stream.size() + 1));
  std::ranges::sort(cuts);

  RC_ASSERT(log_of(stream, cuts) == whole);
}

TEST(LinkStream, ByteByByteGivesTheSameEffects) {
  const auto stream = valid_stream({0, 1, 100, 70'000});
  std::vector<std::size_t> cuts(stream.size());
  for (std::size_t i = 0; i < cuts.size(); ++i) cuts[i] = i;
  EXPECT_EQ(log_of(stream, cuts), log_of(stream, {}));
}

TEST(LinkStream, EveryPairOfHalvesGivesTheSameEffects) {
  const auto stream = valid_stream({0, 1, 100});
  const auto whole = log_of(stream, {});
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) ASSERT_EQ(log_of(stream, {cut}), whole) << "cut at " << cut;
}

RC_GTEST_PROP(LinkStream, MutatedStreamsEndInAViolationOrInMessages, ()) {
  auto stream = valid_stream({5, 0, 40, 200});
  const auto flips = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<std::size_t, std::uint8_t>>>(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, stream.size()), rc::gen::arbitrary<std::uint8_t>())));
  for (const auto& [at, bits] : flips) stream[at] ^= std::byte{bits};
  const auto cut = *rc::gen::inRange<std::size_t>(0, stream.size());

  const auto log = log_of(stream, {cut});

  RC_ASSERT(log == log_of(stream, {}));
  for (const auto& line : log)
    RC_ASSERT(line.starts_with("opened a") || line.starts_with("received ") || line.starts_with("closed ") ||
              line.starts_with("credit "));
  RC_ASSERT(std::ranges::count_if(log, [](const auto& line) { return line.starts_with("closed "); }) <= 1);
}

RC_GTEST_PROP(LinkStream, NoiseNeverOpens, (const std::vector<std::uint8_t>& noise)) {
  bytes raw(noise.size());
  std::ranges::transform(noise, raw.begin(), [](auto each) { return std::byte{each}; });
  link_end b{acceptor()};
  b.feed(raw);
  RC_ASSERT(!b.inside().is_open());
}

}  // namespace
}  // namespace dunlin::link
