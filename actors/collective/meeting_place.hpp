// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "actors/collective/group_words.hpp"
#include "actors/collective/stream_box.hpp"
#include "actors/collective/waiting.hpp"

namespace dunlin {

/// How streams to other processes are opened.
class DUNLIN_EXPORT stream_opener {
 public:
  virtual ~stream_opener() = default;

  /// Waits, at most as long as a handshake may take. Errors: those of `net::link_host::open_stream`, timeout,
  /// cancelled.
  virtual result<net::byte_stream> open(const member_place& to, const net::stream_key& key,
                                        const wait_terms& terms) = 0;
};

/// Where the members of this process and the streams that are for them find each other. Streams may come before the
/// member: they are kept for a minute. Those for a convener come after it: they are closed where there is none. Thread:
/// any.
class DUNLIN_EXPORT meeting_place {
 public:
  meeting_place(member_place own, std::shared_ptr<stream_opener> opener, std::function<time_point()> now)
      : own_(std::move(own)), opener_(std::move(opener)), now_(std::move(now)) {}

  /// Before the first member comes: where the process turned out to listen.
  void listens_on(std::uint16_t port) noexcept { own_.port = port; }

  [[nodiscard]] const member_place& own() const noexcept { return own_; }
  [[nodiscard]] time_point now() const { return now_(); }

  /// Opens a stream to a member, which may be of this process. Errors: those of `stream_opener::open`, io_failed.
  result<net::byte_stream> open(const member_place& to, const stream_purpose& purpose, const wait_terms& terms = {});

  /// Another process has opened one.
  void on_stream(incarnation by, const stream_purpose& purpose, net::byte_stream&& stream);

  /// Returns the box of a member, which keeps what comes for it until `leave`.
  std::shared_ptr<stream_box> box_of(const group_invitation& group, std::uint32_t rank);
  void leave(const group_invitation& group, std::uint32_t rank);

 private:
  struct box_name {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::uint32_t rank = 0;
    auto operator<=>(const box_name&) const = default;
  };
  struct kept_box {
    std::shared_ptr<stream_box> box;
    bool is_claimed = false;
  };

  std::shared_ptr<stream_box> box_for(const stream_purpose& purpose);
  void drop_unclaimed();

  member_place own_;
  std::shared_ptr<stream_opener> opener_;
  std::function<time_point()> now_;
  std::mutex mutex_;
  std::map<box_name, kept_box> boxes_;
};

}  // namespace dunlin
