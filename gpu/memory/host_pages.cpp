// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/host_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <system_error>

namespace dunlin {

result<std::unique_ptr<host_pages>> host_pages::make(std::uint64_t range_bytes, std::uint64_t page_bytes) {
  const auto smallest = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  if (!std::has_single_bit(page_bytes) || page_bytes < smallest)
    return fail(errc::invalid_argument,
                std::to_string(page_bytes) + " is no power of two from " + std::to_string(smallest) + " on", {},
                "page_bytes");
  if (range_bytes > ~std::uint64_t{0} / 4)
    return fail(errc::io_failed, "cannot reserve " + std::to_string(range_bytes) + " bytes of addresses");
  const auto rounded = (range_bytes + page_bytes - 1) & ~(page_bytes - 1);
  // Addresses alone: more than there is memory, and none of it is taken yet.
  const auto more = page_bytes - smallest;  // the kernel aligns to its own pages alone
  auto* place =
      mmap(nullptr, rounded + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED)
    return fail(errc::io_failed, "cannot reserve " + std::to_string(rounded) +
                                     " bytes of addresses: " + std::generic_category().message(errno));
  auto* const first = static_cast<std::byte*>(place);
  const auto skipped = -reinterpret_cast<std::uintptr_t>(first) & (page_bytes - 1);
  if (skipped > 0) munmap(first, skipped);
  if (skipped < more) munmap(first + skipped + rounded, more - skipped);
  return std::unique_ptr<host_pages>(new host_pages(first + skipped, rounded, page_bytes));
}

host_pages::~host_pages() { munmap(base_, range_bytes_); }

void host_pages::give_back(std::uint64_t first_page, std::uint64_t pages) noexcept {
  madvise(base_ + first_page * page_bytes_, pages * page_bytes_, MADV_DONTNEED);
}

}  // namespace dunlin
