// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "actors/collective/meeting_place.hpp"
#include "net/link/link_host.hpp"

namespace dunlin {

/// Streams as the link's host opens them: with its handshake, on the ports where nodes listen. A node that takes no
/// more strangers just now closes the connection without a word, as it may when a large group comes together: it is
/// called again after pauses, 20 times at most and for no longer than about 2 s, as one that has died does the same.
class DUNLIN_EXPORT link_streams final : public stream_opener {
 public:
  /// `host`: asked each time, and kept only while it is told what to do: it may end while somebody waits for a stream.
  /// Null = there is none now.
  link_streams(std::function<std::shared_ptr<net::link_host>()> host, std::function<time_point()> now)
      : host_(std::move(host)), now_(std::move(now)) {}

  result<net::byte_stream> open(const member_place& to, const net::stream_key& key, const wait_terms& terms) override;

 private:
  result<net::byte_stream> open_once(const member_place& to, const net::stream_key& key, const wait_terms& terms);

  std::function<std::shared_ptr<net::link_host>()> host_;
  std::function<time_point()> now_;
};

}  // namespace dunlin
