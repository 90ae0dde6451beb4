// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/transfer_run.hpp"

#include <algorithm>

namespace dunlin {

namespace {

/// 256 KiB: what one message of a lane has at most, and what goes through a tree.
constexpr std::uint64_t lane_elements = 64 * 1'024;

}  // namespace

transfer_run::~transfer_run() {
  for (auto& [rank, one] : streams_.from()) one.abandon();  // the arrays may be gone when the rest comes
}

void transfer_run::begin(const begin_word& word, std::uint32_t index) {
  const auto is_out = [&word](const auto& one) {
    return std::ranges::find(word.members, one.first) == word.members.end();
  };
  std::erase_if(streams_.to(), is_out);
  std::erase_if(streams_.from(), is_out);
  for (auto& [rank, one] : streams_.to()) one.drop_unbegun();
  for (auto& [rank, one] : streams_.from()) one.abandon();
  epoch_ = word.epoch;
  count_ = word.count;
  members_ = word.members;
  written_.clear();
  member_.emplace(word.call(), epoch_, static_cast<std::uint32_t>(members_.size()), index, lane_elements);
  streams_.adopt();
  actions_.clear();
  member_->start(actions_);
  perform();
}

bool transfer_run::progress() {
  if (!member_ || trouble_) return false;
  const bool sent = send_some();
  return receive_some() || sent;
}

bool transfer_run::send_some() {
  bool moved = false;
  std::vector<std::uint32_t> ended;
  for (auto& [rank, one] : streams_.to()) {
    const auto sent = one.send_some();
    if (!sent) ended.push_back(rank);
    moved |= sent && *sent;
  }
  for (const auto rank : ended) {
    streams_.to().erase(rank);
    lose(rank);
  }
  return moved;
}

bool transfer_run::receive_some() {
  bool moved = false;
  std::vector<std::uint32_t> ended;
  for (auto& [rank, one] : streams_.from()) {
    const auto came = one.receive_some(*this, kernels_);
    if (!came && came.error().code != errc::link_down) trouble_ = came.error();
    if (!came) ended.push_back(rank);
    moved |= came && *came;
  }
  for (const auto rank : ended) {
    streams_.from().erase(rank);
    if (!trouble_) lose(rank);
  }
  return moved;
}

void transfer_run::lose(std::uint32_t rank) {
  if (index_of(rank) && !told_lost_.contains(rank)) lost_.insert(rank);
}

std::optional<std::uint32_t> transfer_run::take_lost() {
  if (lost_.empty()) return std::nullopt;
  const auto rank = *lost_.begin();
  told_lost_.insert(rank);
  lost_.erase(lost_.begin());
  return rank;
}

bool transfer_run::is_complete() const noexcept {
  return member_ && member_->is_complete() &&
         std::ranges::all_of(streams_.to(), [](const auto& one) { return one.second.is_idle(); });
}

std::optional<std::uint32_t> transfer_run::index_of(std::uint32_t rank) const {
  const auto at = std::ranges::find(members_, rank);
  if (at == members_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(at - members_.begin());
}

/// Returns where the newest elements of a range are.
const float* transfer_run::newest(const element_range& range) const {
  return (written_.contains(range.from) ? arrays_.into : arrays_.from) + range.from;
}

result<chunk_landing> transfer_run::land(std::uint32_t from, const chunk_header& header) {
  using kind = chunk_landing::kind;
  const auto theirs = std::pair{header.operation, header.epoch};
  const auto ours = std::pair{operation_, epoch_};
  if (theirs > ours) return chunk_landing{};
  const auto index = index_of(from);
  if (theirs < ours || !index) return chunk_landing{kind::discard};
  const auto action = member_->landing({epoch_, header.lane, header.round, *index}, header.elements);
  if (!action) return fail(error{action.error()});
  if (action->what == member_action::kind::hold) return chunk_landing{};
  const bool adds = action->what == member_action::kind::combine;
  return chunk_landing{adds ? kind::combine : kind::overwrite, newest(action->range),
                       arrays_.into + action->range.from};
}

void transfer_run::on_landed(std::uint32_t from, const chunk_header& header) {
  actions_.clear();
  const auto taken = member_->on_chunk({epoch_, header.lane, header.round, *index_of(from)}, header.elements, actions_);
  if (!taken) trouble_ = taken.error();
  perform();
}

/// What was received is in its place already.
void transfer_run::perform() {
  for (const auto& action : actions_) {
    const bool is_receive =
        action.what == member_action::kind::combine || action.what == member_action::kind::overwrite;
    if (is_receive && action.range.count > 0) written_.insert(action.range.from);
    if (action.what == member_action::kind::send) send(action);
  }
}

void transfer_run::send(const member_action& action) {
  const auto to = members_[action.peer];
  if (lost_.contains(to) || told_lost_.contains(to)) return;
  auto stream = streams_.sender_to(to, terms_);
  if (!stream && stream.error().code == errc::cancelled) return;  // whoever waits next hears of it
  if (!stream && stream.error().code == errc::io_failed) {        // no fault of the other's
    trouble_ = stream.error();
    return;
  }
  if (!stream) return lose(to);
  (*stream)->put({operation_, epoch_, action.name.lane, action.name.round, 0, action.range.count},
                 {newest(action.range), action.range.count});
}

void transfer_run::fill_result() {
  const bool is_alone = written_.empty();  // with others, every element was received or combined
  if (is_alone && arrays_.from != arrays_.into) std::copy_n(arrays_.from, count_, arrays_.into);
}

}  // namespace dunlin
