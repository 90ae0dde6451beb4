// SPDX-License-Identifier: Apache-2.0
// Floats keep every bit. msgpack-cxx is no model here: it writes a float with a whole value as an integer, and so
// forgets the sign of a zero; but it must read what we write.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/coordination/codec/reference.hpp"

namespace dunlin::test {
namespace {

struct reading {
  float single = 0;
  double twice = 0;
  std::vector<double> more;
  static auto fields(auto& m) { return std::tie(m.single, m.twice, m.more); }
};

bool comes_back(const reading& value) {
  const auto raw = codec::to_wire(value);
  const auto back = codec::from_wire<reading>(raw);
  return back && same(*back, value);
}

constexpr double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }
constexpr float from_bits32(std::uint32_t bits) { return std::bit_cast<float>(bits); }

std::vector<double> special_doubles() {
  using limits = std::numeric_limits<double>;
  return {0.0,
          -0.0,
          1.0,
          -1.0,
          limits::infinity(),
          -limits::infinity(),
          limits::max(),
          limits::lowest(),
          limits::min(),
          limits::denorm_min(),
          -limits::denorm_min(),
          from_bits(0x7ff8000000000000),   // quiet NaN
          from_bits(0xfff8000000000000),   // negative
          from_bits(0x7ff8dead0000beef),   // with a payload
          from_bits(0x7ff0000000000001),   // signalling
          from_bits(0xfff7ffffffffffff)};  // signalling, with a payload
}

TEST(CodecFloat, SpecialDoublesKeepEveryBit) {
  for (const auto value : special_doubles()) {
    EXPECT_TRUE(comes_back({0, value, {value, -value}})) << std::hex << std::bit_cast<std::uint64_t>(value);
    EXPECT_TRUE(reference_reads(codec::to_wire(reading{1.5F, value, {value}}), reading{1.5F, value, {value}}))
        << std::hex << std::bit_cast<std::uint64_t>(value);
  }
}

TEST(CodecFloat, SpecialSinglesKeepEveryBit) {
  for (const auto bits : {0x00000000U, 0x80000000U, 0x7f800000U, 0xff800000U, 0x7fc00000U, 0xffc00000U, 0x7fc0beefU,
                          0x7f800001U, 0xffbfffffU, 0x00000001U, 0x3f800000U}) {
    const reading value{from_bits32(bits), 0, {}};
    EXPECT_TRUE(comes_back(value)) << std::hex << bits;
    const auto raw = codec::to_wire(value);
    std::uint32_t written = 0;
    for (std::size_t i = 0; i < 4; ++i) written = written << 8 | std::to_integer<std::uint32_t>(raw[2 + i]);
    EXPECT_EQ(raw[1], std::byte{0xca});
    EXPECT_EQ(written, bits);
  }
}

RC_GTEST_PROP(CodecFloat, AnyBitsComeBack, (std::uint64_t one, std::uint32_t other)) {
  RC_ASSERT(comes_back({from_bits32(other), from_bits(one), {from_bits(~one)}}));
}

TEST(CodecFloat, AnIntegerIsNoFloat) {
  bytes raw;
  codec::writer out{raw};
  out.put_array(3);
  out.put_int(1);
  out.put_float64(1);
  out.put_array(0);
  const auto back = codec::from_wire<reading>(raw);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, errc::wrong_type);
}

}  // namespace
}  // namespace dunlin::test
