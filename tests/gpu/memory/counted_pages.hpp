// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <vector>

#include "gpu/memory/page_source.hpp"

namespace dunlin::testing {

/// What a pool did to its pages, seen from below.
struct page_book {
  std::vector<bool> backed;
  std::uint64_t pages = 0;  ///< backed now
  std::uint64_t most = 0;
  std::uint64_t left = ~0ULL;  ///< pages that the device has besides
  bool is_broken = false;      ///< a page was backed or given back twice
};

/// Addresses without memory: what a pool does to them is only written down.
class counted_pages final : public page_source {
 public:
  counted_pages(std::shared_ptr<page_book> book, std::uint64_t pages, std::uint64_t page_bytes)
      : book_(std::move(book)), page_bytes_(page_bytes) {
    book_->backed.resize(pages);
  }

  [[nodiscard]] std::byte* base() const noexcept override { return std::bit_cast<std::byte*>(std::uintptr_t{1} << 40); }
  [[nodiscard]] std::uint64_t range_bytes() const noexcept override { return book_->backed.size() * page_bytes_; }
  [[nodiscard]] std::uint64_t page_bytes() const noexcept override { return page_bytes_; }

  result<void> back(std::uint64_t first, std::uint64_t pages) override {
    if (pages > book_->left) return fail(errc::quota_exceeded, "the device has no memory left");
    mark(first, pages, true);
    book_->left -= pages;
    book_->pages += pages;
    book_->most = std::max(book_->most, book_->pages);
    return {};
  }
  void give_back(std::uint64_t first, std::uint64_t pages) noexcept override {
    mark(first, pages, false);
    book_->left += pages;
    book_->pages -= pages;
  }

 private:
  void mark(std::uint64_t first, std::uint64_t pages, bool to) noexcept {
    for (auto page = first; page < first + pages; ++page) {
      if (page >= book_->backed.size() || book_->backed[page] == to) {
        book_->is_broken = true;
        continue;
      }
      book_->backed[page] = to;
    }
  }

  std::shared_ptr<page_book> book_;
  std::uint64_t page_bytes_;
};

}  // namespace dunlin::testing
