// SPDX-License-Identifier: Apache-2.0
// What the members of a group and the one that convened it say to each other. The elements travel elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "coordination/bytes.hpp"
#include "coordination/collective/collective_call.hpp"
#include "coordination/collective/group_invitation.hpp"
#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// To the convener: I come.
struct join_word {
  member_place from;
  static auto fields(auto& m) { return std::tie(m.from); }
};

/// From the convener: everybody has come.
struct seated_word {
  std::uint32_t rank = 0;             ///< the reader's
  std::vector<member_place> members;  ///< by rank
  static auto fields(auto& m) { return std::tie(m.rank, m.members); }
};

/// From the convener: this group does not come about.
struct refused_word {
  error why;
  static auto fields(auto& m) { return std::tie(m.why); }
};

/// From the convener: this operation begins, or begins anew with fewer members.
struct begin_word {
  std::uint64_t operation = 0;  ///< counts from 1
  std::uint32_t epoch = 0;
  collective_kind kind = collective_kind::barrier;
  std::uint64_t count = 0;
  std::uint32_t root = 0;              ///< index in `members`
  std::uint32_t peer = 0;              ///< index in `members`
  std::vector<std::uint32_t> members;  ///< their ranks
  static auto fields(auto& m) { return std::tie(m.operation, m.epoch, m.kind, m.count, m.root, m.peer, m.members); }
  [[nodiscard]] collective_call call() const noexcept { return {kind, count, root, peer}; }
};
constexpr collective_kind enum_last(collective_kind) noexcept { return collective_kind::send; }

/// To the convener: I have sent and received everything.
struct complete_word {
  std::uint64_t operation = 0;
  std::uint32_t epoch = 0;
  static auto fields(auto& m) { return std::tie(m.operation, m.epoch); }
};

/// To the convener: the stream from or to that member ended.
struct lost_word {
  std::uint64_t operation = 0;
  std::uint32_t rank = 0;
  static auto fields(auto& m) { return std::tie(m.operation, m.rank); }
};

/// To the convener: I cannot go on.
struct trouble_word {
  std::uint64_t operation = 0;
  error why;
  static auto fields(auto& m) { return std::tie(m.operation, m.why); }
};

/// From the convener: the operation is over. The result counts if `why` is `none`.
struct verdict_word {
  std::uint64_t operation = 0;
  std::vector<std::uint32_t> members;  ///< ranks of those that are left
  error why{errc::none};
  static auto fields(auto& m) { return std::tie(m.operation, m.members, m.why); }
};

using group_word = std::variant<join_word, seated_word, refused_word, begin_word, complete_word, lost_word,
                                trouble_word, verdict_word>;

/// Returns the word as a frame: length, which word, its fields.
DUNLIN_EXPORT bytes to_frame(const group_word& word);

/// Reads a frame without its length. Errors: protocol_violation.
DUNLIN_EXPORT result<group_word> word_of(bytes_view frame);

}  // namespace dunlin
