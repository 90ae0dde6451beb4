// SPDX-License-Identifier: Apache-2.0
// Single values at every border of the format.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/coordination/codec/reference.hpp"

namespace dunlin::test {
namespace {

template <class T>
struct one {
  T value{};
  static auto fields(auto& m) { return std::tie(m.value); }
};

template <class T>
void expect_agreement(const T& value, codec::read_limits limits = {}) {
  const auto raw = codec::to_wire(one<T>{value});
  EXPECT_EQ(raw, reference_wire(one<T>{value}));
  EXPECT_TRUE(reference_reads(raw, one<T>{value}));
  const auto back = codec::from_wire<one<T>>(raw, limits);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->value, value);
}

struct two {
  int value = 0;
  int newer = 7;
  static auto fields(auto& m) { return std::tie(m.value, m.newer); }
};

TEST(CodecValue, FieldsThatCameLaterMayBeMissingWhereOlderFormsAreTaken) {
  const auto raw = codec::to_wire(one<int>{5});
  EXPECT_FALSE(codec::from_wire<two>(raw)) << "not on the wire";
  const auto back = codec::from_wire<two>(raw, {.older = true});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->value, 5);
  EXPECT_EQ(back->newer, 7);
  EXPECT_FALSE(codec::from_wire<one<int>>(codec::to_wire(two{}), {.older = true})) << "what is newer is not known";
}

TEST(CodecValue, IntegersTakeTheShortestFormAtEveryBorder) {
  for (unsigned bit = 0; bit < 64; ++bit)
    for (const std::int64_t step : {-2, -1, 0, 1}) {
      const auto number = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(step);
      expect_agreement(number);
      expect_agreement(static_cast<std::int64_t>(number));
      expect_agreement(-static_cast<std::int64_t>(number >> 1));
    }
  expect_agreement(std::numeric_limits<std::int64_t>::min());
  expect_agreement(std::numeric_limits<std::uint64_t>::max());
  expect_agreement(std::int64_t{-32});
  expect_agreement(std::int64_t{-33});
}

TEST(CodecValue, TextAndBytesAtEveryBorder) {
  for (const std::size_t size : {0U, 1U, 31U, 32U, 255U, 256U, 65'535U, 65'536U, 192U * 1'024U}) {
    expect_agreement(std::string(size, 'x'));
    expect_agreement(bytes(size, std::byte{0x7f}));
  }
}

TEST(CodecValue, ArraysAtEveryBorder) {
  const codec::read_limits wide{.array_size = 100'000};
  for (const std::size_t size : {0U, 1U, 15U, 16U, 4'096U, 65'535U, 65'536U})
    expect_agreement(std::vector<std::uint32_t>(size, 7), wide);
}

TEST(CodecValue, DurationsAreTheirCount) {
  expect_agreement(std::chrono::milliseconds{-1});
  expect_agreement(std::chrono::nanoseconds{1'000'000'000'000});
}

template <class T, class U>
errc read_as(const U& written) {
  const auto back = codec::from_wire<one<T>>(codec::to_wire(one<U>{written}));
  return back ? errc::none : back.error().code;
}

TEST(CodecValue, ANumberOutsideItsTypeIsRefused) {
  EXPECT_EQ((read_as<std::uint8_t, std::uint64_t>(255)), errc::none);
  EXPECT_EQ((read_as<std::uint8_t, std::uint64_t>(256)), errc::wrong_type);
  EXPECT_EQ((read_as<std::uint64_t, std::int64_t>(-1)), errc::wrong_type);
  EXPECT_EQ((read_as<std::int8_t, std::int64_t>(-128)), errc::none);
  EXPECT_EQ((read_as<std::int8_t, std::int64_t>(-129)), errc::wrong_type);
  EXPECT_EQ((read_as<std::int64_t, std::uint64_t>(std::uint64_t{1} << 63)), errc::wrong_type);
}

TEST(CodecValue, AnotherTypeIsRefused) {
  EXPECT_EQ((read_as<std::string, bytes>(to_bytes("text"))), errc::wrong_type);
  EXPECT_EQ((read_as<bytes, std::string>("text")), errc::wrong_type);
  EXPECT_EQ((read_as<bool, std::uint8_t>(1)), errc::wrong_type);
  EXPECT_EQ((read_as<std::uint8_t, bool>(true)), errc::wrong_type);
  EXPECT_EQ((read_as<std::vector<std::string>, std::string>("text")), errc::wrong_type);
  EXPECT_EQ((read_as<one<std::uint8_t>, std::vector<std::uint8_t>>({1, 2})), errc::wrong_type) << "one field too many";
}

/// Source: RFC 3629: overlong forms, surrogates, beyond U+10FFFF, lone and missing continuations.
TEST(CodecValue, TextThatIsNotUtf8IsRefused) {
  for (const auto* bad : {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xc3", "\xe2\x82", "a\xff"})
    EXPECT_EQ((read_as<std::string, std::string>(bad)), errc::malformed);
  for (const auto* good : {"\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ((read_as<std::string, std::string>(good)), errc::none);
}

enum class shade : std::uint8_t { light, dark };
constexpr shade enum_last(shade) noexcept { return shade::dark; }

TEST(CodecValue, AnEnumeratorThatDoesNotExistIsRefused) {
  EXPECT_EQ((read_as<shade, std::uint8_t>(1)), errc::none);
  EXPECT_EQ((read_as<shade, std::uint8_t>(2)), errc::wrong_type);
}

TEST(CodecValue, AnyFormOfANumberIsRead) {
  for (const auto& raw : {bytes{std::byte{0x91}, std::byte{5}}, bytes{std::byte{0x91}, std::byte{0xcc}, std::byte{5}},
                          bytes{std::byte{0x91}, std::byte{0xcd}, std::byte{0}, std::byte{5}}}) {
    const auto back = codec::from_wire<one<std::uint8_t>>(raw);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->value, 5);
  }
}

}  // namespace
}  // namespace dunlin::test
