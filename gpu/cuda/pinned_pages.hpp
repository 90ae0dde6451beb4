// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "gpu/cuda/gpu_context.hpp"
#include "gpu/memory/host_pages.hpp"

namespace dunlin::cuda {

/// Memory of the host that a GPU reads and writes by itself: copies to and from it go beside the host's own work, and
/// at the full speed of the link.
class pinned_pages final : public page_source {
 public:
  static constexpr std::uint64_t bytes_of_page = std::uint64_t{16} << 20;

  /// Errors: those of `host_pages`.
  static result<std::unique_ptr<pinned_pages>> make(std::shared_ptr<gpu_context> context, std::uint64_t range_bytes);
  ~pinned_pages() override;
  pinned_pages(const pinned_pages&) = delete;
  pinned_pages& operator=(const pinned_pages&) = delete;

  [[nodiscard]] std::byte* base() const noexcept override { return pages_->base(); }
  [[nodiscard]] std::uint64_t range_bytes() const noexcept override { return pages_->range_bytes(); }
  [[nodiscard]] std::uint64_t page_bytes() const noexcept override { return pages_->page_bytes(); }
  result<void> back(std::uint64_t first_page, std::uint64_t pages) override;
  void give_back(std::uint64_t first_page, std::uint64_t pages) noexcept override;

 private:
  pinned_pages(std::shared_ptr<gpu_context> context, std::unique_ptr<host_pages> pages)
      : context_(std::move(context)), pages_(std::move(pages)), is_pinned_(pages_->range_bytes() / bytes_of_page) {}

  const std::shared_ptr<gpu_context> context_;
  const std::unique_ptr<host_pages> pages_;
  std::vector<bool> is_pinned_;  ///< by page
};

}  // namespace dunlin::cuda
