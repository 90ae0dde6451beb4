// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/pinned_pages.hpp"

#include <utility>

namespace dunlin::cuda {

result<std::unique_ptr<pinned_pages>> pinned_pages::make(std::shared_ptr<gpu_context> context,
                                                         std::uint64_t range_bytes) {
  auto pages = host_pages::make(range_bytes, bytes_of_page);
  if (!pages) return fail(std::move(pages.error()));
  return std::unique_ptr<pinned_pages>(new pinned_pages(std::move(context), std::move(*pages)));
}

pinned_pages::~pinned_pages() { give_back(0, is_pinned_.size()); }

result<void> pinned_pages::back(std::uint64_t first_page, std::uint64_t pages) {
  if (auto current = context_->make_current_if_none(); !current) return current;
  for (auto page = first_page; page < first_page + pages; ++page) {
    const auto code = context_->driver().pin(base() + page * bytes_of_page, bytes_of_page,
                                             CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP);
    if (auto pinned = context_->check(code, "cuMemHostRegister", bytes_of_page); !pinned) {
      give_back(first_page, page - first_page);
      return pinned;
    }
    is_pinned_[page] = true;
  }
  return {};
}

void pinned_pages::give_back(std::uint64_t first_page, std::uint64_t pages) noexcept {
  static_cast<void>(context_->make_current_if_none());
  for (auto page = first_page; page < first_page + pages; ++page) {
    if (!is_pinned_[page]) continue;
    context_->driver().unpin(base() + page * bytes_of_page);
    pages_->give_back(page, 1);
    is_pinned_[page] = false;
  }
}

}  // namespace dunlin::cuda
