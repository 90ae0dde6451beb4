// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>

#include "gpu/cuda/gpu_context.hpp"
#include "gpu/memory/page_source.hpp"

namespace dunlin::cuda {

/// Memory of a GPU, mapped page by page into one range of addresses: a page is a piece of physical memory of its own,
/// since the driver unmaps whole pieces only. Other GPUs that can read and write it directly may, so that a copy
/// between two is one.
class device_pages final : public page_source {
 public:
  /// Errors: io_failed and others of `check`.
  static result<std::unique_ptr<device_pages>> make(std::shared_ptr<gpu_context> context, std::uint64_t range_bytes);
  ~device_pages() override;
  device_pages(const device_pages&) = delete;
  device_pages& operator=(const device_pages&) = delete;

  [[nodiscard]] std::byte* base() const noexcept override { return base_; }
  [[nodiscard]] std::uint64_t range_bytes() const noexcept override { return range_bytes_; }
  [[nodiscard]] std::uint64_t page_bytes() const noexcept override { return page_bytes_; }
  result<void> back(std::uint64_t first_page, std::uint64_t pages) override;
  void give_back(std::uint64_t first_page, std::uint64_t pages) noexcept override;

 private:
  explicit device_pages(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}
  result<void> reserve(std::uint64_t range_bytes);
  result<void> back_one(std::uint64_t page);
  result<void> open(std::uint64_t first_page, std::uint64_t pages);
  [[nodiscard]] CUdeviceptr address_of(std::uint64_t page) const noexcept;

  const std::shared_ptr<gpu_context> context_;
  CUmemAllocationProp kind_{};
  std::byte* base_ = nullptr;
  std::uint64_t range_bytes_ = 0;
  std::uint64_t page_bytes_ = 0;
  std::unordered_map<std::uint64_t, CUmemGenericAllocationHandle> backed_;  ///< by page
};

}  // namespace dunlin::cuda
