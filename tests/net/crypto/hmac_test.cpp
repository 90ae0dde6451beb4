// SPDX-License-Identifier: Apache-2.0
#include "net/crypto/hmac.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace dunlin::net {
namespace {

std::string hex(bytes_view raw) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (const auto each : raw) {
    out += digits[std::to_integer<unsigned>(each) >> 4];
    out += digits[std::to_integer<unsigned>(each) & 15];
  }
  return out;
}

bytes repeated(unsigned char value, std::size_t count) { return bytes(count, std::byte{value}); }

bytes counting(unsigned char from, unsigned char to) {
  bytes out;
  for (unsigned value = from; value <= to; ++value) out.push_back(static_cast<std::byte>(value));
  return out;
}

struct vector_4231 {
  const char* section;
  bytes key;
  bytes text;
  const char* tag;  ///< section 4.6 gives the first half only
};

/// Source: RFC 4231, sections 4.2 to 4.8, the lines for HMAC-SHA-256.
std::vector<vector_4231> vectors() {
  return {
      {"4.2", repeated(0x0b, 20), to_bytes("Hi There"),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"4.3", to_bytes("Jefe"), to_bytes("what do ya want for nothing?"),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"4.4", repeated(0xaa, 20), repeated(0xdd, 50),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"4.5", counting(0x01, 0x19), repeated(0xcd, 50),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {"4.6", repeated(0x0c, 20), to_bytes("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
      {"4.7", repeated(0xaa, 131), to_bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {"4.8", repeated(0xaa, 131),
       to_bytes("This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
                "be hashed before being used by the HMAC algorithm."),
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
}

TEST(HmacSha256, AgreesWithTheVectorsOfRfc4231) {
  for (const auto& each : vectors()) {
    const auto tag = hex(hmac_sha256(each.key, each.text));
    EXPECT_EQ(tag.substr(0, std::string{each.tag}.size()), each.tag) << "section " << each.section;
  }
}

/// Python's hmac module gives the same.
TEST(HmacSha256, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(HmacSha256, DependsOnEveryByte) {
  const auto key = to_bytes("key");
  const auto text = to_bytes("a text that is longer than a block of sixty-four bytes, so that two of them are mixed");
  std::set<std::string> tags{hex(hmac_sha256(key, text))};
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] ^= std::byte{1};
    tags.insert(hex(hmac_sha256(key, other)));
  }
  EXPECT_EQ(tags.size(), text.size() + 1);
}

TEST(ConstantTimeComparison, TellsEqualFromDifferent) {
  const auto tag = hmac_sha256(to_bytes("key"), to_bytes("text"));
  for (std::size_t i = 0; i < tag.size(); ++i) {
    auto other = tag;
    other[i] ^= std::byte{0x80};
    EXPECT_FALSE(equal_in_constant_time(tag, other)) << "byte " << i;
  }
  EXPECT_TRUE(equal_in_constant_time(tag, tag));
  EXPECT_FALSE(equal_in_constant_time(tag, bytes_view{tag}.first(31)));
  EXPECT_FALSE(equal_in_constant_time(tag, {}));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(RandomBytes, AreNotTheSameTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    std::array<std::byte, 16> raw{};
    ASSERT_TRUE(fill_random(raw));
    seen.insert(hex(raw));
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_TRUE(fill_random({}));
}

}  // namespace
}  // namespace dunlin::net
