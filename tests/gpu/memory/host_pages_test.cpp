// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/host_pages.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(HostPages, RefusesAPageThatIsNone) {
  EXPECT_EQ(host_pages::make(1 << 20, 5'000).error().code, errc::invalid_argument);
  EXPECT_EQ(host_pages::make(1 << 20, 512).error().path, "page_bytes");
}

TEST(HostPages, SaysWhenThereAreNoSuchAddresses) {
  const auto made = host_pages::make(1ULL << 60, 4'096);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::io_failed);
}

TEST(HostPages, BeginAtAPageOfTheirOwn) {
  for (const std::uint64_t page : {4'096ULL, 65'536ULL, 2ULL << 20}) {
    const auto pages = host_pages::make(3 * page, page).value();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages->base()) % page, 0U);
    pages->base()[3 * page - 1] = std::byte{1};
  }
}

TEST(HostPages, LosesWhatWasInAPageThatItGaveBack) {
  const auto pages = host_pages::make(100'000, 4'096).value();
  EXPECT_EQ(pages->range_bytes(), 102'400U);
  ASSERT_TRUE(pages->back(2, 2));
  pages->base()[2 * 4'096] = std::byte{7};
  pages->base()[3 * 4'096] = std::byte{8};

  pages->give_back(2, 1);

  EXPECT_EQ(pages->base()[2 * 4'096], std::byte{0});
  EXPECT_EQ(pages->base()[3 * 4'096], std::byte{8});
}

}  // namespace
}  // namespace dunlin
