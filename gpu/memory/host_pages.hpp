// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/memory/page_source.hpp"

namespace dunlin {

/// Memory of the host: the kernel gives a page when it is touched first and takes it back when it is told to.
class DUNLIN_EXPORT host_pages final : public page_source {
 public:
  /// Errors: invalid_argument (a page that is no power of two, or below the kernel's), io_failed (no such range).
  static result<std::unique_ptr<host_pages>> make(std::uint64_t range_bytes, std::uint64_t page_bytes);
  ~host_pages() override;
  host_pages(const host_pages&) = delete;
  host_pages& operator=(const host_pages&) = delete;

  [[nodiscard]] std::byte* base() const noexcept override { return base_; }
  [[nodiscard]] std::uint64_t range_bytes() const noexcept override { return range_bytes_; }
  [[nodiscard]] std::uint64_t page_bytes() const noexcept override { return page_bytes_; }
  result<void> back(std::uint64_t, std::uint64_t) override { return {}; }
  void give_back(std::uint64_t first_page, std::uint64_t pages) noexcept override;

 private:
  host_pages(std::byte* base, std::uint64_t range_bytes, std::uint64_t page_bytes) noexcept
      : base_(base), range_bytes_(range_bytes), page_bytes_(page_bytes) {}

  std::byte* const base_;
  const std::uint64_t range_bytes_;
  const std::uint64_t page_bytes_;
};

}  // namespace dunlin
