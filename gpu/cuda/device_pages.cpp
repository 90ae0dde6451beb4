// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/device_pages.hpp"

#include <bit>
#include <utility>

namespace dunlin::cuda {

result<std::unique_ptr<device_pages>> device_pages::make(std::shared_ptr<gpu_context> context,
                                                         std::uint64_t range_bytes) {
  std::unique_ptr<device_pages> made{new device_pages(std::move(context))};
  if (auto reserved = made->reserve(range_bytes); !reserved) return fail(std::move(reserved.error()));
  return made;
}

device_pages::~device_pages() {
  if (base_ == nullptr) return;
  for (const auto& [page, memory] : backed_) {
    context_->driver().unmap_memory(address_of(page), page_bytes_);
    context_->driver().release_memory(memory);
  }
  context_->driver().free_addresses(address_of(0), range_bytes_);
}

result<void> device_pages::reserve(std::uint64_t range_bytes) {
  kind_.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  kind_.location = {CU_MEM_LOCATION_TYPE_DEVICE, context_->device()};
  const auto& driver = context_->driver();
  std::size_t page = 0;
  if (auto asked = context_->check(driver.granularity(&page, &kind_, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED),
                                   "cuMemGetAllocationGranularity");
      !asked)
    return asked;
  page_bytes_ = page;
  range_bytes_ = (range_bytes + page - 1) / page * page;
  CUdeviceptr first = 0;
  if (auto done = context_->check(driver.reserve_addresses(&first, range_bytes_, page, 0, 0), "cuMemAddressReserve",
                                  range_bytes_);
      !done)
    return done;
  base_ = std::bit_cast<std::byte*>(first);
  return {};
}

CUdeviceptr device_pages::address_of(std::uint64_t page) const noexcept {
  return std::bit_cast<CUdeviceptr>(base_) + page * page_bytes_;
}

result<void> device_pages::back(std::uint64_t first_page, std::uint64_t pages) {
  for (std::uint64_t i = 0; i < pages; ++i) {
    auto backed = back_one(first_page + i);
    if (backed) continue;
    give_back(first_page, i);
    return backed;
  }
  auto opened = open(first_page, pages);
  if (!opened) give_back(first_page, pages);
  return opened;
}

result<void> device_pages::back_one(std::uint64_t page) {
  const auto& driver = context_->driver();
  CUmemGenericAllocationHandle memory = 0;
  if (auto made = context_->check(driver.create_memory(&memory, page_bytes_, &kind_, 0), "cuMemCreate", page_bytes_);
      !made)
    return made;
  auto mapped =
      context_->check(driver.map_memory(address_of(page), page_bytes_, 0, memory, 0), "cuMemMap", page_bytes_);
  if (!mapped) {
    driver.release_memory(memory);
    return mapped;
  }
  backed_[page] = memory;
  return {};
}

result<void> device_pages::open(std::uint64_t first_page, std::uint64_t pages) {
  CUmemAccessDesc access{};
  access.location = kind_.location;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  const auto bytes = pages * page_bytes_;
  const auto code = context_->driver().set_access(address_of(first_page), bytes, &access, 1);
  return context_->check(code, "cuMemSetAccess", bytes);
}

void device_pages::give_back(std::uint64_t first_page, std::uint64_t pages) noexcept {
  for (auto page = first_page; page < first_page + pages; ++page) {
    const auto found = backed_.find(page);
    if (found == backed_.end()) continue;
    context_->driver().unmap_memory(address_of(page), page_bytes_);
    context_->driver().release_memory(found->second);
    backed_.erase(found);
  }
}

}  // namespace dunlin::cuda
