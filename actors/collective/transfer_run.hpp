// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

#include "actors/collective/group_words.hpp"
#include "actors/collective/peer_streams.hpp"
#include "coordination/collective/collective_member.hpp"

namespace dunlin {

/// A member's arrays: what it brings, which stays as it is, and where the result goes. They may be the same where
/// nobody needs the input again.
struct run_arrays {
  const float* from = nullptr;
  float* into = nullptr;
};

/// One member's part of one operation: does what the plan says with streams and arrays. It can begin again with fewer
/// members, from the input. Thread: one at a time.
class DUNLIN_EXPORT transfer_run final : private chunk_owner {
 public:
  /// All that is passed outlives the run.
  transfer_run(peer_streams& streams, kernel_backend& kernels, std::uint64_t operation, const run_arrays& arrays,
               const wait_terms& terms)
      : streams_(streams), kernels_(kernels), operation_(operation), arrays_(arrays), terms_(terms) {}
  ~transfer_run() override;
  transfer_run(const transfer_run&) = delete;
  transfer_run& operator=(const transfer_run&) = delete;

  /// Begins, or begins anew. `index`: this member's in the word's members.
  void begin(const begin_word& word, std::uint32_t index);

  /// Before that nothing is read.
  [[nodiscard]] bool has_begun() const noexcept { return member_.has_value(); }

  /// Moves what can be moved without waiting. Returns whether anything moved.
  bool progress();

  /// Everything was sent and received.
  [[nodiscard]] bool is_complete() const noexcept;

  /// To be called when the result counts: one who is alone has what it brought.
  void fill_result();

  /// Returns a member whose stream has ended, each once.
  [[nodiscard]] std::optional<std::uint32_t> take_lost();

  /// Returns why it cannot go on; nothing if it can.
  [[nodiscard]] const std::optional<error>& trouble() const noexcept { return trouble_; }

  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

 private:
  result<chunk_landing> land(std::uint32_t from, const chunk_header& header) override;
  void on_landed(std::uint32_t from, const chunk_header& header) override;
  [[nodiscard]] std::optional<std::uint32_t> index_of(std::uint32_t rank) const;
  void perform();
  void send(const member_action& action);
  void lose(std::uint32_t rank);
  bool send_some();
  bool receive_some();
  [[nodiscard]] const float* newest(const element_range& range) const;

  peer_streams& streams_;
  kernel_backend& kernels_;
  std::uint64_t operation_;
  run_arrays arrays_;
  const wait_terms& terms_;  ///< of now
  std::uint32_t epoch_ = 0;  ///< 0 = not begun
  std::uint64_t count_ = 0;
  std::vector<std::uint32_t> members_;  ///< ranks
  std::optional<collective_member> member_;
  std::vector<member_action> actions_;
  std::unordered_set<std::uint64_t> written_;  ///< where ranges of the result begin that were
  std::set<std::uint32_t> lost_;
  std::set<std::uint32_t> told_lost_;
  std::optional<error> trouble_;
};

}  // namespace dunlin
