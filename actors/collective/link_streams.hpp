// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "actors/collective/meeting_place.hpp"
#include "net/link/link_host.hpp"

namespace dunlin {

/// Streams as the link's host opens them: with its handshake, on the ports where nodes listen.
class DUNLIN_EXPORT link_streams final : public stream_opener {
 public:
  /// `host`: asked each time; null = there is none now.
  explicit link_streams(std::function<std::shared_ptr<net::link_host>()> host) : host_(std::move(host)) {}

  result<net::byte_stream> open(const member_place& to, const net::stream_key& key) override;

 private:
  std::function<std::shared_ptr<net::link_host>()> host_;
};

}  // namespace dunlin
