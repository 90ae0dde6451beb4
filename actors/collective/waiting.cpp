// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/waiting.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace dunlin {

wake_bell::wake_bell() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
wake_bell::~wake_bell() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
void wake_bell::ring() noexcept { static_cast<void>(::eventfd_write(descriptor_, 1)); }

result<void> wait_a_little(std::vector<pollfd>& what, const wait_terms& terms, time_point now, duration little) {
  if (terms.cancelled && terms.cancelled()) return fail(errc::cancelled, "the task was stopped");
  const auto left = terms.until - now;
  if (left <= duration{}) return fail(errc::timeout, "it took too long");
  if (terms.bell) what.push_back({terms.bell->descriptor(), POLLIN, 0});
  const auto slice = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, little));
  ::poll(what.data(), what.size(), static_cast<int>(slice.count()));
  return {};
}

}  // namespace dunlin
