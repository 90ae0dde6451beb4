// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/joining.hpp"

#include <poll.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <utility>

#include "net/crypto/hmac.hpp"

namespace dunlin {

namespace {

constexpr std::uint32_t max_members = 256;

/// The convener tells first that it has waited too long.
constexpr duration grace = 1s;

wait_terms until(time_point end, const joining_terms& terms) { return {end, terms.cancelled, terms.bell}; }

/// Waits for one of these. Errors: timeout, cancelled.
result<void> wait_for(std::vector<pollfd>& what, const wait_terms& terms, const meeting_place& place) {
  auto may = wait_a_little(what, terms, place.now());
  if (!may && may.error().code == errc::timeout) return fail(errc::timeout, "the group did not come together");
  return may;
}

/// Those that come to a convener.
class gathering {
 public:
  gathering(meeting_place& place, const group_invitation& group, const joining_terms& terms)
      : place_(place), group_(group), terms_(terms), box_(place.box_of(group, to_convener)) {}
  ~gathering() { place_.leave(group_, to_convener); }
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;

  result<joined_group> run() {
    const auto patience = until(place_.now() + terms_.within, terms_);
    while (come_.size() + 1 < group_.members) {
      hear();
      if (come_.size() + 1 == group_.members) break;
      std::vector<pollfd> waiting{{box_->descriptor(), POLLIN, 0}};
      for (const auto* some : {&strangers_, &come_})
        for (const auto& one : *some) waiting.push_back({one.words.descriptor(), POLLIN, 0});
      if (auto in_time = wait_for(waiting, patience, place_); !in_time)
        return refuse(error{in_time.error().code,
                            in_time.error().context + ": " + std::to_string(come_.size() + 1) + " of " +
                                std::to_string(group_.members) + " members are here",
                            "every member is a task that runs at once: see the nodes' max_concurrent"});
    }
    return seat_all();
  }

 private:
  struct newcomer {
    word_stream words;
    incarnation by;
    join_word said = {};
  };

  void hear() {
    // One that has come says nothing until it has its seat.
    std::erase_if(come_, [](newcomer& one) {
      const auto word = one.words.hear();
      return !word || *word;
    });
    for (auto& one : box_->take())
      if (strangers_.size() < stream_box::capacity) strangers_.push_back({word_stream{std::move(one.stream)}, one.by});
    for (auto one = strangers_.begin(); one != strangers_.end() && come_.size() + 1 < group_.members;) {
      auto word = one->words.hear();
      const auto* joins = word && *word ? std::get_if<join_word>(&**word) : nullptr;
      const bool comes = joins != nullptr && joins->from.life == one->by;
      if (comes) one->said = *joins;
      if (comes) come_.push_back(std::move(*one));
      const bool waits = word && !*word;
      one = waits ? std::next(one) : strangers_.erase(one);
    }
  }

  tl::unexpected<error> refuse(error why) {
    for (auto& one : come_) static_cast<void>(one.words.say(refused_word{why}));
    for (auto& one : strangers_) static_cast<void>(one.words.say(refused_word{why}));
    return fail(std::move(why));
  }

  /// Ranks follow the ring of the nodes' names, as every node can compute it; the first to come of one node first.
  joined_group seat_all() {
    std::vector<std::pair<member_place, newcomer*>> ring{{place_.own(), nullptr}};
    for (auto& one : come_) ring.emplace_back(one.said.from, &one);
    std::ranges::stable_sort(ring, {}, [](const auto& one) { return one.first.node; });
    joined_group out;
    out.convenes = true;
    for (const auto& [place, who] : ring) out.members.push_back(place);
    for (std::uint32_t rank = 0; rank < ring.size(); ++rank) {
      auto* const who = ring[rank].second;
      if (who == nullptr) {
        out.rank = rank;
        continue;
      }
      static_cast<void>(who->words.say(seated_word{rank, out.members}));
      out.streams.emplace(rank, std::move(who->words));
    }
    return out;
  }

  meeting_place& place_;
  const group_invitation& group_;
  const joining_terms& terms_;
  std::shared_ptr<stream_box> box_;
  std::deque<newcomer> strangers_;  ///< that have not said who they are
  std::deque<newcomer> come_;
};

result<joined_group> seat_from(const group_word& word, word_stream&& words, const group_invitation& group) {
  if (const auto* refused = std::get_if<refused_word>(&word)) return fail(error{refused->why});
  const auto* seated = std::get_if<seated_word>(&word);
  if (seated == nullptr || seated->rank >= seated->members.size() || seated->members.size() != group.members)
    return fail(errc::protocol_violation, "whoever convenes the group gives no seat");
  joined_group out;
  out.rank = seated->rank;
  out.members = seated->members;
  out.streams.emplace(0, std::move(words));
  return out;
}

}  // namespace

result<group_invitation> invite(meeting_place& place, std::uint32_t members, duration within) {
  if (members == 0 || members > max_members)
    return fail(errc::invalid_argument, "a group of " + std::to_string(members) + " members",
                "1 to " + std::to_string(max_members) + " may be in one", "members");
  std::array<std::byte, 16> drawn{};
  if (auto filled = net::fill_random(drawn); !filled) return fail(std::move(filled.error()));
  const auto numbers = std::bit_cast<std::array<std::uint64_t, 2>>(drawn);
  const group_invitation out{numbers[0], numbers[1], members, place.own(), within};
  static_cast<void>(place.box_of(out, to_convener));
  return out;
}

result<joined_group> gather(meeting_place& place, const group_invitation& group, const joining_terms& terms) {
  return gathering{place, group, terms}.run();
}

result<joined_group> join(meeting_place& place, const group_invitation& group, const joining_terms& terms) {
  const auto patience = until(place.now() + terms.within + grace, terms);
  auto stream = place.open(group.convener, {group.high, group.low, to_convener, 0, 0}, patience);
  if (!stream) return fail(std::move(stream.error()));
  word_stream words{std::move(*stream)};
  if (auto said = words.say(join_word{place.own()}); !said) return fail(std::move(said.error()));
  for (;;) {
    auto word = words.hear();
    if (!word) return fail(errc::link_down, "whoever convened the group is gone: " + word.error().context);
    if (*word) return seat_from(**word, std::move(words), group);
    std::vector<pollfd> waiting{{words.descriptor(), POLLIN, 0}};
    if (auto in_time = wait_for(waiting, patience, place); !in_time) return fail(std::move(in_time.error()));
  }
}

}  // namespace dunlin
