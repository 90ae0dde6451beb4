// SPDX-License-Identifier: Apache-2.0
// What is cut off, changed or made up gives a code, never a crash and never more memory than was sent.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/coordination/codec/any_value.hpp"
#include "tests/coordination/codec/message_list.hpp"

namespace dunlin::test {
namespace {

bool is_refusal(errc code) { return code == errc::malformed || code == errc::wrong_type || code == errc::too_large; }

template <class Message>
class HostileBytes : public testing::Test {
 protected:
  /// A message with something in every field, and its bytes.
  [[nodiscard]] static bytes full() {
    for (std::uint64_t seed = 1;; ++seed) {
      auto raw = codec::to_wire(any_value{seed}.make<Message>());
      if (raw.size() >= std::min<std::size_t>(300, 20 * seed) || seed == 50) return raw;
    }
  }
};
TYPED_TEST_SUITE(HostileBytes, core_messages, name_by_wire);

TYPED_TEST(HostileBytes, CutOffAnywhereAreRefused) {
  const auto raw = this->full();
  for (std::size_t size = 0; size < raw.size(); ++size) {
    const bytes cut{raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(size)};  // so that a sanitizer sees its end
    const auto back = codec::from_wire<TypeParam>(cut);
    ASSERT_FALSE(back) << "at " << size << " of " << raw.size();
    ASSERT_EQ(back.error().code, errc::malformed) << "at " << size << " of " << raw.size();
  }
}

TYPED_TEST(HostileBytes, OneByteTooManyIsRefused) {
  auto raw = this->full();
  raw.push_back(std::byte{0});
  const auto back = codec::from_wire<TypeParam>(raw);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, errc::malformed);
}

TYPED_TEST(HostileBytes, AChangedByteIsReadOrRefused) {
  const auto raw = this->full();
  for (std::size_t at = 0; at < std::min<std::size_t>(raw.size(), 400); ++at)
    for (const int change : {0x01, 0x80, 0xff, 0x41}) {
      auto other = raw;
      other[at] ^= static_cast<std::byte>(change);
      const auto back = codec::from_wire<TypeParam>(other);
      if (!back) {
        ASSERT_TRUE(is_refusal(back.error().code)) << "at " << at;
        continue;
      }
      const auto again = codec::from_wire<TypeParam>(codec::to_wire(*back));
      ASSERT_TRUE(again && same(*again, *back)) << "at " << at;
    }
}

TYPED_TEST(HostileBytes, MadeUpOnesAreReadOrRefused) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& raw) {
    bytes copy;
    for (const auto each : raw) copy.push_back(static_cast<std::byte>(each));
    const auto back = codec::from_wire<TypeParam>(copy);
    RC_ASSERT(back || is_refusal(back.error().code));
  }));
}

struct tree {
  std::vector<tree> branches;
  static auto fields(auto& m) { return std::tie(m.branches); }
};

TEST(HostileValue, ADeepNestIsRefused) {
  bytes raw(100'000, std::byte{0x91});
  raw.push_back(std::byte{0x90});
  const auto back = codec::from_wire<tree>(raw);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, errc::too_large);
}

bytes raw_of(std::initializer_list<unsigned> values) {
  bytes out;
  for (const auto each : values) out.push_back(static_cast<std::byte>(each));
  return out;
}

template <class T>
errc code_of(const bytes& raw) {
  const auto back = codec::from_wire<T>(raw);
  return back ? errc::none : back.error().code;
}

/// Each claims far more than it brings.
TEST(HostileValue, AClaimedSizeAllocatesNothing) {
  EXPECT_EQ(code_of<std::vector<std::string>>(raw_of({0xdd, 0xff, 0xff, 0xff, 0xff})), errc::too_large);
  EXPECT_EQ(code_of<std::vector<std::string>>(raw_of({0xdc, 0x0f, 0xff})), errc::malformed);
  EXPECT_EQ(code_of<std::string>(raw_of({0xdb, 0xff, 0xff, 0xff, 0xff})), errc::too_large);
  EXPECT_EQ(code_of<std::string>(raw_of({0xda, 0xff, 0xff, 'a'})), errc::malformed);
  EXPECT_EQ(code_of<bytes>(raw_of({0xc6, 0xff, 0xff, 0xff, 0xff})), errc::too_large);
  EXPECT_EQ(code_of<bytes>(raw_of({0xc5, 0xff, 0xff, 1})), errc::malformed);
}

TEST(HostileValue, FormsThatNoFieldHasAreRefused) {
  for (const unsigned tag : {0xc0U, 0xc1U, 0xc7U, 0xc8U, 0xc9U, 0xd4U, 0xd8U, 0x80U, 0xdeU, 0xdfU}) {
    const auto raw = raw_of({tag, 0, 0, 0, 0, 0});
    EXPECT_EQ(code_of<std::uint64_t>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<std::int64_t>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<std::string>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<bytes>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<std::vector<std::string>>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<double>(raw), errc::wrong_type) << tag;
    EXPECT_EQ(code_of<bool>(raw), errc::wrong_type) << tag;
  }
}

}  // namespace
}  // namespace dunlin::test
