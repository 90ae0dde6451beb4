// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/collective_seat.hpp"

#include <poll.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "actors/collective/convener.hpp"
#include "actors/collective/resting.hpp"
#include "actors/collective/transfer_run.hpp"
#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

namespace {

/// The convener is the first to say that a call is late.
constexpr duration grace = 1s;

tl::unexpected<error> convener_is_gone(const error& why) {
  return fail(errc::crashed, "the member that convened the group is gone: " + why.context,
              "join a new group with those that are left");
}

bool depends_on_members(collective_kind kind) noexcept {
  return kind == collective_kind::reduce_scatter || kind == collective_kind::all_gather;
}

}  // namespace

class collective_seat::impl {
 public:
  impl(meeting_place& place, const group_invitation& group, joined_group&& joined, seat_surroundings&& surroundings,
       const group_limits& limits)
      : place_(place),
        surroundings_(std::move(surroundings)),
        limits_(limits),
        rank_(joined.rank),
        ranks_(joined.members.size()),
        streams_(place, group, std::move(joined.members), joined.rank),
        terms_{{}, surroundings_.cancelled, surroundings_.bell} {
    std::iota(ranks_.begin(), ranks_.end(), 0U);
    if (joined.convenes)
      convener_.emplace(rank_, std::move(joined.streams));
    else
      to_convener_.emplace(std::move(joined.streams.begin()->second));
  }

  [[nodiscard]] std::uint32_t rank() const noexcept { return rank_; }
  [[nodiscard]] const std::vector<std::uint32_t>& ranks() const noexcept { return ranks_; }
  std::vector<float>& saved() noexcept { return saved_; }

  result<void> call(const collective_call& wish, const run_arrays& arrays) {
    if (broken_) return fail(error{*broken_});
    if (surroundings_.rest)
      if (auto may = surroundings_.rest(); !may) return may;
    resting now{surroundings_};
    auto done = take_part(wish, arrays);
    auto may = now.end();
    return may ? done : may;
  }

 private:
  result<void> take_part(const collective_call& wish, const run_arrays& arrays) {
    ++operation_;
    wish_ = wish;
    told_epoch_ = 0;
    told_trouble_ = false;
    terms_.until = end_of_call();
    if (convener_) convener_->start(operation_, wish, limits_, place_.now());
    transfer_run run{streams_, surroundings_.kernels(), operation_, arrays, terms_};
    auto done = work(run);
    if (done) run.fill_result();
    if (!done) streams_.start_anew(operation_);
    return done;
  }

  /// Goes on until there is a verdict.
  result<void> work(transfer_run& run) {
    for (;;) {
      if (auto ended = listen(run)) return *std::move(ended);
      if (run.progress()) continue;
      report(run);
      if (auto ended = listen(run)) return *std::move(ended);
      if (auto may = wait(run); !may) return may;
      streams_.adopt();
    }
  }

  /// Hears what the convener says. Returns the call's result when there is one.
  std::optional<result<void>> listen(transfer_run& run) {
    for (;;) {
      auto word = next_word();
      if (!word) return fail(*(broken_ = std::move(word.error())));
      if (!*word) return std::nullopt;
      if (const auto* begin = std::get_if<begin_word>(&**word)) {
        if (begin->operation == operation_) begin_run(run, *begin);
        if (begin->operation < operation_)
          tell(trouble_word{begin->operation, error{errc::timeout, "it came too late"}});
      }
      const auto* verdict = std::get_if<verdict_word>(&**word);
      if (verdict != nullptr && verdict->operation == operation_) return settle(*verdict);
    }
  }

  /// Returns none if there is none yet, or none for this call. Errors: crashed.
  result<std::optional<group_word>> next_word() {
    if (convener_) {
      convener_->pump(place_.now());
      return convener_->next_for_own();
    }
    auto word =
        parked_ ? result<std::optional<group_word>>{std::exchange(parked_, std::nullopt)} : to_convener_->hear();
    if (!word) return convener_is_gone(word.error());
    const auto* begin = *word ? std::get_if<begin_word>(&**word) : nullptr;
    if (begin == nullptr || begin->operation <= operation_) return word;
    parked_ = std::move(*word);
    return std::nullopt;
  }

  void begin_run(transfer_run& run, const begin_word& word) {
    const auto index = std::ranges::find(word.members, rank_);
    if (index == word.members.end() || !check(word.call(), static_cast<std::uint32_t>(word.members.size())))
      return complain(error{errc::protocol_violation, "a call begins that makes no sense"});
    if (!is_wish(word))
      return complain(error{errc::conflict,
                            "it calls " + std::string{to_string(wish_.kind)} + " of " + std::to_string(wish_.count) +
                                " elements, the group " + std::string{to_string(word.kind)} + " of " +
                                std::to_string(word.count),
                            "every member makes the same calls in the same order"});
    if (depends_on_members(word.kind) && word.members != ranks_)
      return complain(error{errc::crashed, "members were lost, and each has its part of the result",
                            "look at ranks(), and call again"});
    members_ = word.members;
    terms_.until = end_of_call();
    run.begin(word, static_cast<std::uint32_t>(index - word.members.begin()));
  }

  [[nodiscard]] bool is_wish(const begin_word& word) const {
    const bool has_root = wish_.kind == collective_kind::broadcast || wish_.kind == collective_kind::send;
    return word.kind == wish_.kind && word.count == wish_.count &&
           (!has_root || word.members[word.root] == wish_.root) &&
           (wish_.kind != collective_kind::send || word.members[word.peer] == wish_.peer);
  }

  result<void> settle(const verdict_word& verdict) {
    const bool is_in = std::ranges::find(verdict.members, rank_) != verdict.members.end();
    if (!is_in) return fail(*(broken_ = verdict.why));
    if (verdict.why.code == errc::none) {
      ranks_ = members_;  // one that was lost after it had done its part is in the result
      return {};
    }
    ranks_ = verdict.members;
    return fail(error{verdict.why});
  }

  /// Tells the convener what is new.
  void report(transfer_run& run) {
    if (run.trouble()) return complain(*run.trouble());
    while (const auto lost = run.take_lost()) tell(lost_word{operation_, *lost});
    if (!run.is_complete() || told_epoch_ == run.epoch()) return;
    told_epoch_ = run.epoch();
    tell(complete_word{operation_, run.epoch()});
  }

  void complain(error why) {
    if (!std::exchange(told_trouble_, true)) tell(trouble_word{operation_, std::move(why)});
  }

  /// A convener that cannot be told is found to be gone when it is heard next.
  void tell(const group_word& word) {
    if (convener_)
      convener_->tell(word);
    else
      static_cast<void>(to_convener_->say(word));
  }

  /// The others go on at once.
  result<void> leave(error why) {
    convener_.reset();
    to_convener_.reset();
    return fail(*(broken_ = std::move(why)));
  }

  [[nodiscard]] time_point end_of_call() const {
    return place_.now() + limits_.deadline + (convener_ ? duration{} : grace);
  }

  /// Errors: cancelled, timeout (the convener says nothing).
  result<void> wait(transfer_run& run) {
    std::vector<pollfd> waiting;
    if (!run.trouble()) streams_.add_polls(waiting, run.has_begun());
    if (convener_)
      convener_->add_polls(waiting);
    else
      waiting.push_back({to_convener_->descriptor(), POLLIN, 0});
    auto terms = terms_;
    if (convener_) terms.until = time_point::max();  // it looks at the time itself
    auto may = wait_a_little(waiting, terms, place_.now());
    if (may) return may;
    if (may.error().code == errc::cancelled) return leave(error{errc::cancelled, "the task was stopped"});
    error late{errc::timeout, "the group did not begin or end " + std::string{to_string(wish_.kind)} + " in time"};
    // Once its part is done the others may have the result, and only the convener knows: this one cannot go on with
    // them.
    if (run.has_begun() && told_epoch_ == run.epoch()) return leave(std::move(late));
    return fail(std::move(late));
  }

  meeting_place& place_;
  seat_surroundings surroundings_;
  group_limits limits_;
  std::uint32_t rank_;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::uint32_t> members_;  ///< of the attempt that was begun last
  peer_streams streams_;
  std::optional<convener> convener_;        ///< of the one that convened
  std::optional<word_stream> to_convener_;  ///< of the others
  std::optional<group_word> parked_;        ///< of a call that this member has not made yet
  std::optional<error> broken_;             ///< why it is no member any more
  std::uint64_t operation_ = 0;
  collective_call wish_;
  wait_terms terms_;              ///< of the call; the end counts from its last attempt
  std::uint32_t told_epoch_ = 0;  ///< that it was complete
  bool told_trouble_ = false;
  std::vector<float> saved_;
};

collective_seat::collective_seat(meeting_place& place, const group_invitation& group, joined_group&& joined,
                                 seat_surroundings surroundings, const group_limits& limits)
    : impl_(std::make_unique<impl>(place, group, std::move(joined), std::move(surroundings), limits)) {}
collective_seat::~collective_seat() = default;

std::uint32_t collective_seat::rank() const noexcept { return impl_->rank(); }
const std::vector<std::uint32_t>& collective_seat::ranks() const noexcept { return impl_->ranks(); }

element_range collective_seat::part(std::uint64_t count) const noexcept {
  const auto& ranks = impl_->ranks();
  const auto index = std::ranges::find(ranks, impl_->rank()) - ranks.begin();
  return part_of(count, static_cast<std::uint32_t>(ranks.size()), static_cast<std::uint32_t>(index));
}

result<void> collective_seat::all_reduce(std::span<const float> from, std::span<float> into) {
  if (from.size() != into.size())
    return fail(errc::invalid_argument, "a result of " + std::to_string(into.size()) + " elements for " +
                                            std::to_string(from.size()) + " elements");
  return impl_->call({collective_kind::all_reduce, from.size()}, {from.data(), into.data()});
}

result<void> collective_seat::all_reduce(std::span<float> values) {
  auto& saved = impl_->saved();
  saved.assign(values.begin(), values.end());
  return impl_->call({collective_kind::all_reduce, values.size()}, {saved.data(), values.data()});
}

result<void> collective_seat::reduce_scatter(std::span<float> values) {
  return impl_->call({collective_kind::reduce_scatter, values.size()}, {values.data(), values.data()});
}

result<void> collective_seat::all_gather(std::span<float> values) {
  return impl_->call({collective_kind::all_gather, values.size()}, {values.data(), values.data()});
}

result<void> collective_seat::broadcast(std::span<float> values, std::uint32_t root) {
  return impl_->call({collective_kind::broadcast, values.size(), root}, {values.data(), values.data()});
}

result<void> collective_seat::send(std::span<float> values, std::uint32_t from, std::uint32_t to) {
  return impl_->call({collective_kind::send, values.size(), from, to}, {values.data(), values.data()});
}

result<void> collective_seat::barrier() { return impl_->call({}, {}); }

}  // namespace dunlin
