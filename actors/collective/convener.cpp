// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/convener.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

agent_id id_of(std::uint32_t rank) noexcept { return {std::uint64_t{rank} + 1}; }
std::uint32_t rank_of(agent_id id) noexcept { return static_cast<std::uint32_t>(id.value - 1); }

std::vector<std::uint32_t> ranks_of(const std::vector<agent_id>& ids) {
  std::vector<std::uint32_t> out(ids.size());
  std::ranges::transform(ids, out.begin(), rank_of);
  return out;
}

/// Returns the call with indices of `members` in place of ranks. Errors: crashed (root or peer is gone, or too many).
result<collective_call> among(const std::vector<std::uint32_t>& members, collective_call call, std::uint32_t least) {
  if (members.size() < least)
    return fail(errc::crashed,
                std::to_string(members.size()) + " members of the group are left of at least " + std::to_string(least));
  const bool has_root = call.kind == collective_kind::broadcast || call.kind == collective_kind::send;
  for (auto* rank : {&call.root, &call.peer}) {
    const bool counts = has_root && (rank == &call.root || call.kind == collective_kind::send);
    const auto at = std::ranges::find(members, *rank);
    if (counts && at == members.end())
      return fail(errc::crashed, "member " + std::to_string(*rank) + " of the group was lost, from or to whom it was");
    *rank = counts ? static_cast<std::uint32_t>(at - members.begin()) : 0;
  }
  return call;
}

}  // namespace

std::vector<std::uint32_t> convener::present() const {
  std::vector<std::uint32_t> out{own_rank_};
  for (const auto& [rank, stream] : others_) out.push_back(rank);
  std::ranges::sort(out);
  return out;
}

void convener::start(std::uint64_t operation, const collective_call& call, const group_limits& limits, time_point now) {
  group_.reset();
  pump(now);  // who has left meanwhile takes no part
  operation_ = operation;
  const auto members = present();
  std::vector<agent_id> ids(members.size());
  std::ranges::transform(members, ids.begin(), id_of);
  const auto call_among = among(members, call, limits.least_members);
  auto made = call_among ? collective_group::make(*call_among, std::move(ids), limits)
                         : result<collective_group>{fail(error{call_among.error()})};
  if (!made) {
    for (const auto rank : members) say(rank, verdict_word{operation_, members, made.error()});
    return;
  }
  group_.emplace(std::move(*made));
  group_->start(now, actions_);
  perform();
}

void convener::pump(time_point now) {
  for (const auto rank : present())
    if (const auto other = others_.find(rank); other != others_.end()) hear_all(rank, other->second);
  if (!group_) return;
  group_->on_tick(now, actions_);
  perform();
}

void convener::hear_all(std::uint32_t rank, word_stream& from) {
  for (;;) {
    const auto word = from.hear();
    if (!word) return lose(rank, word.error().context);
    if (!*word) return;
    hear(rank, **word);
    if (!others_.contains(rank)) return;
  }
}

void convener::hear(std::uint32_t rank, const group_word& word) {
  if (!group_) return;
  if (const auto* complete = std::get_if<complete_word>(&word); complete && complete->operation == operation_)
    group_->on_complete(id_of(rank), complete->epoch, actions_);
  if (const auto* trouble = std::get_if<trouble_word>(&word); trouble && trouble->operation == operation_)
    group_->on_failed(id_of(rank), trouble->why, actions_);
  perform();
  // Whoever cannot reach the convener itself is the one to go.
  if (const auto* lost = std::get_if<lost_word>(&word); lost && lost->operation == operation_ && !group_->is_over())
    lose(lost->rank == own_rank_ ? rank : lost->rank,
         "its stream to or from member " + std::to_string(rank) + " ended");
}

/// One that is still there is told that it takes no more part.
void convener::lose(std::uint32_t rank, const std::string& why) {
  auto gone = others_.extract(rank);
  if (gone.empty()) return;
  const verdict_word farewell{operation_, present(), error{errc::crashed, "this member was cut out: " + why}};
  static_cast<void>(gone.mapped().say(farewell));
  if (!group_) return;
  group_->on_lost(id_of(rank), actions_);
  perform();
}

void convener::perform() {
  for (const auto& action : std::exchange(actions_, {})) {
    const auto members = ranks_of(action.members);
    const auto& call = group_->call();
    for (const auto rank : members) {
      if (action.what == group_action::kind::begin)
        say(rank, begin_word{operation_, action.epoch, call.kind, call.count, call.root, call.peer, members});
      else
        say(rank, verdict_word{operation_, members, action.why});
    }
  }
}

/// One that cannot be told is found to be lost when it is heard next.
void convener::say(std::uint32_t rank, const group_word& word) {
  if (rank == own_rank_) return for_own_.push_back(word);
  if (const auto other = others_.find(rank); other != others_.end()) static_cast<void>(other->second.say(word));
}

std::optional<group_word> convener::next_for_own() {
  if (for_own_.empty()) return std::nullopt;
  std::optional<group_word> next{std::move(for_own_.front())};
  for_own_.pop_front();
  return next;
}

void convener::add_polls(std::vector<pollfd>& out) const {
  for (const auto& [rank, stream] : others_) out.push_back({stream.descriptor(), POLLIN, 0});
}

}  // namespace dunlin
