// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/status.hpp"

#include <gtest/gtest.h>

#include "net/gateway/message.hpp"

namespace dunlin::net {
namespace {

TEST(Status, EveryCodeHasAnErrorStatus) {
  for (int i = 1; i < 256; ++i) {
    const auto status = status_of(static_cast<errc>(i));
    EXPECT_GE(status, 400U) << i;
    EXPECT_LE(status, 504U) << i;
  }
}

TEST(Status, TellsUsersWhatTheyExpect) {
  EXPECT_EQ(status_of(errc::malformed), 400U);
  EXPECT_EQ(status_of(errc::unauthorised), 401U);
  EXPECT_EQ(status_of(errc::forbidden), 403U);
  EXPECT_EQ(status_of(errc::not_found), 404U);
  EXPECT_EQ(status_of(errc::conflict), 409U);
  EXPECT_EQ(status_of(errc::duplicate_key), 409U);
  EXPECT_EQ(status_of(errc::infeasible), 422U);
  EXPECT_EQ(status_of(errc::overloaded), 429U);
  EXPECT_EQ(status_of(errc::store_unavailable), 503U);
  EXPECT_EQ(status_of(errc::timeout), 504U);
  EXPECT_EQ(status_of(errc::internal), 500U);
}

bool has_header(const http_answer& answer, std::string_view name) {
  for (const auto& [key, content] : answer.headers)
    if (key == name && !content.empty()) return true;
  return false;
}

TEST(Status, SaysWhenToTryAgain) {
  EXPECT_TRUE(has_header(refusal(error{errc::overloaded}), "Retry-After"));
  EXPECT_TRUE(has_header(refusal(error{errc::store_unavailable}), "Retry-After"));
  EXPECT_FALSE(has_header(refusal(error{errc::not_found}), "Retry-After"));
  EXPECT_TRUE(has_header(refusal(error{errc::unauthorised}), "WWW-Authenticate"));
}

}  // namespace
}  // namespace dunlin::net
