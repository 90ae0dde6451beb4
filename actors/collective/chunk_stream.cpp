// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/chunk_stream.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dunlin {

namespace {

// Measured over loopback: more at a time, and what was just received has left the cache before it is sent on.
constexpr std::size_t send_turn_bytes = 256 * 1'024;
constexpr std::size_t receive_turn_bytes = 512 * 1'024;
constexpr std::size_t piece_elements = 16 * 1'024;

/// No array is longer: what a header may claim without overflow.
constexpr std::uint64_t max_elements = std::uint64_t{1} << 48;

std::size_t bytes_of(const chunk_header& header) noexcept { return header.elements * sizeof(float); }

}  // namespace

void chunk_sender::put(const chunk_header& header, std::span<const float> elements) {
  queue_.push_back({header, std::as_bytes(elements)});
}

result<bool> chunk_sender::send_some() {
  if (queue_.empty()) return false;
  std::array<bytes_view, 16> parts;
  std::size_t count = 0;
  std::size_t total = 0;
  auto skip = sent_;
  for (const auto& next : queue_) {
    if (count + 2 > parts.size() || total >= send_turn_bytes) break;
    const auto header = std::as_bytes(std::span{&next.header, 1});
    const auto of_header = std::min(skip, header.size());
    const auto elements = next.elements.subspan(skip - of_header);
    parts[count++] = header.subspan(of_header);
    parts[count++] = elements.first(std::min(elements.size(), send_turn_bytes - total));
    total += header.size() - of_header + parts[count - 1].size();
    skip = 0;
  }
  const auto sent = stream_.send_some(std::span{parts}.first(count));
  if (!sent) return fail(error{sent.error()});
  sent_ += *sent;
  while (!queue_.empty() && sent_ >= sizeof(chunk_header) + queue_.front().elements.size()) {
    sent_ -= sizeof(chunk_header) + queue_.front().elements.size();
    queue_.pop_front();
  }
  return *sent > 0;
}

void chunk_sender::drop_unbegun() { queue_.resize(sent_ > 0 ? 1 : 0); }

result<bool> chunk_receiver::receive_some(chunk_owner& owner, kernel_backend& kernels) {
  bool moved = false;
  for (std::size_t total = 0; total < receive_turn_bytes;) {
    const auto came = landing_ ? receive_elements(kernels) : receive_header();
    if (!came) return fail(error{came.error()});
    total += *came;
    const auto next = landing_ ? finish(owner) : begin(owner);
    if (!next) return fail(error{next.error()});
    if (*came == 0 && !*next) break;
    moved = true;
  }
  return moved;
}

/// Returns how many bytes came; of a header that is whole already, none.
result<std::size_t> chunk_receiver::receive_header() {
  if (header_bytes_ == sizeof header_) return 0;
  auto came = stream_.receive_some(std::as_writable_bytes(std::span{&header_, 1}).subspan(header_bytes_));
  if (came) header_bytes_ += *came;
  return came;
}

/// Asks where the chunk goes once its header is whole. Returns whether it has a place now.
result<bool> chunk_receiver::begin(chunk_owner& owner) {
  if (header_bytes_ < sizeof header_) return false;
  if (header_.elements > max_elements) return fail(errc::protocol_violation, "a chunk longer than any array");
  const auto landing = owner.land(from_, header_);
  if (!landing) return fail(error{landing.error()});
  is_parked_ = landing->what == chunk_landing::kind::leave;
  if (is_parked_) return false;
  landing_ = *landing;
  landed_ = 0;
  piece_bytes_ = 0;
  return true;
}

/// Returns whether the chunk was whole.
result<bool> chunk_receiver::finish(chunk_owner& owner) {
  if (landed_ < bytes_of(header_)) return false;
  const auto was_wanted = landing_->what != chunk_landing::kind::discard;
  landing_.reset();
  header_bytes_ = 0;
  if (was_wanted) owner.on_landed(from_, header_);
  return true;
}

/// Returns where the next bytes go: into the array, or the piece that is added to it.
std::span<std::byte> chunk_receiver::next_room() {
  const auto left = bytes_of(header_) - landed_;
  if (landing_->what == chunk_landing::kind::overwrite)
    return std::as_writable_bytes(std::span{landing_->into, header_.elements}).subspan(landed_);
  if (piece_.empty()) piece_.resize(piece_elements);
  const auto room = std::as_writable_bytes(std::span{piece_}).subspan(piece_bytes_);
  return room.first(std::min(room.size(), left - piece_bytes_));
}

result<std::size_t> chunk_receiver::receive_elements(kernel_backend& kernels) {
  using kind = chunk_landing::kind;
  const auto room = next_room();
  if (room.empty()) return 0;  // a chunk without elements
  auto came = stream_.receive_some(room);
  if (!came) return came;
  if (landing_->what != kind::combine) {
    landed_ += *came;
    return came;
  }
  piece_bytes_ += *came;
  const bool is_full = piece_bytes_ == piece_.size() * sizeof(float) || landed_ + piece_bytes_ == bytes_of(header_);
  if (!is_full) return came;
  if (auto added = combine(kernels); !added) return fail(std::move(added.error()));
  return came;
}

result<void> chunk_receiver::combine(kernel_backend& kernels) {
  const auto from = landed_ / sizeof(float);
  landed_ += std::exchange(piece_bytes_, 0);
  return kernels.run(
      add_call{landed_ / sizeof(float) - from, landing_->own + from, piece_.data(), landing_->into + from});
}

void chunk_receiver::abandon() noexcept {
  if (!landing_) return;
  // What lies in the piece has come, and is dropped with the rest.
  landed_ += std::exchange(piece_bytes_, 0);
  landing_->what = chunk_landing::kind::discard;
}

}  // namespace dunlin
