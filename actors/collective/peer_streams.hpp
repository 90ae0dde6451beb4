// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <map>
#include <memory>
#include <vector>

#include "actors/collective/chunk_stream.hpp"
#include "actors/collective/meeting_place.hpp"

namespace dunlin {

/// One member's streams to and from the others, one each way, opened by who sends when there is something to send. All
/// are closed when an operation fails, because nobody knows how much of the last chunk has come; those opened later
/// carry the number of that operation. Thread: one at a time.
class DUNLIN_EXPORT peer_streams {
 public:
  /// `place` outlives the streams.
  peer_streams(meeting_place& place, const group_invitation& group, std::vector<member_place> members,
               std::uint32_t rank);
  ~peer_streams();
  peer_streams(const peer_streams&) = delete;
  peer_streams& operator=(const peer_streams&) = delete;

  /// Errors: those of `meeting_place::open`.
  result<chunk_sender*> sender_to(std::uint32_t rank, const wait_terms& terms);

  using senders = std::map<std::uint32_t, chunk_sender>;
  using receivers = std::map<std::uint32_t, chunk_receiver>;
  [[nodiscard]] senders& to() noexcept { return to_; }
  [[nodiscard]] receivers& from() noexcept { return from_; }

  /// Takes the streams that others have opened since.
  void adopt();

  /// Closes all of them after the failure of this operation.
  void start_anew(std::uint64_t operation);

  /// Appends what can become ready: streams with something to send, new ones, and if somebody `reads` streams whose
  /// next chunk's turn it is.
  void add_polls(std::vector<pollfd>& out, bool reads) const;

 private:
  [[nodiscard]] bool fits(const arrived_stream& one) const;

  meeting_place& place_;
  group_invitation group_;
  std::vector<member_place> members_;  ///< by rank
  std::uint32_t rank_;
  std::uint64_t generation_ = 0;
  std::shared_ptr<stream_box> box_;
  std::vector<arrived_stream> early_;  ///< of generations to come
  senders to_;
  receivers from_;
};

}  // namespace dunlin
