// SPDX-License-Identifier: Apache-2.0
#include "net/json/base64.hpp"

#include <gtest/gtest.h>

namespace dunlin::json {
namespace {

// RFC 4648, section 10.
TEST(Base64, WritesTheVectorsOfTheRfc) {
  EXPECT_EQ(to_base64({}), "");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, ReadsBackEveryByte) {
  bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));

  EXPECT_EQ(from_base64(to_base64(all)), all);
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const auto* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v=", "Zm9\n", "====", "Zg==Zg=="})
    EXPECT_EQ(from_base64(text).error().code, errc::malformed) << text;
}

}  // namespace
}  // namespace dunlin::json
