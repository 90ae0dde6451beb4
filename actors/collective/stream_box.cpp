// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/stream_box.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <bit>
#include <utility>

namespace dunlin {

static_assert(sizeof(stream_purpose) == sizeof(net::stream_key), "a purpose fills a key");

net::stream_key key_of(const stream_purpose& purpose) noexcept { return std::bit_cast<net::stream_key>(purpose); }
stream_purpose purpose_of(const net::stream_key& key) noexcept { return std::bit_cast<stream_purpose>(key); }

stream_box::stream_box() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
stream_box::~stream_box() { ::close(wake_); }

void stream_box::put(arrived_stream&& arrived) {
  const std::lock_guard lock{mutex_};
  if (arrived_.size() == capacity) return;
  arrived_.push_back(std::move(arrived));
  static_cast<void>(::eventfd_write(wake_, 1));
}

std::vector<arrived_stream> stream_box::take() {
  eventfd_t ignored = 0;
  const std::lock_guard lock{mutex_};
  static_cast<void>(::eventfd_read(wake_, &ignored));
  return std::exchange(arrived_, {});
}

std::size_t stream_box::drop_older_than(time_point oldest) {
  const std::lock_guard lock{mutex_};
  std::erase_if(arrived_, [oldest](const arrived_stream& one) { return one.at < oldest; });
  return arrived_.size();
}

}  // namespace dunlin
