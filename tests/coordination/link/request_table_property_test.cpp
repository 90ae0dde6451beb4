// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "coordination/link/request_table.hpp"

namespace dunlin::link {
namespace {

/// The same rules over a plain map.
struct model {
  struct request {
    incarnation peer;
    time_point deadline;
  };
  std::map<std::uint64_t, request> open;

  template <class Rule>
  std::vector<std::uint64_t> take(Rule rule) {
    std::vector<std::uint64_t> out;
    for (const auto& [number, each] : open)
      if (rule(each)) out.push_back(number);
    for (const auto number : out) open.erase(number);
    return out;
  }
};

RC_GTEST_PROP(RequestTable, EveryRequestEndsOnceAsAMapWouldHaveIt, ()) {
  request_table<std::uint64_t> table{64};
  model expected;
  std::map<std::uint64_t, request_id> ids;
  std::uint64_t next_number = 0;
  time_point now{};
  const auto any_peer = rc::gen::construct<incarnation>(rc::gen::inRange<std::uint64_t>(1, 4));
  const auto steps = *rc::gen::inRange(0, 300);
  std::vector<std::uint64_t> ended;
  const auto note = [&](std::uint64_t number, const error&) { ended.push_back(number); };

  for (int step = 0; step < steps; ++step) {
    ended.clear();
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
      case 1:
      case 2: {
        const auto peer = *any_peer;
        const auto deadline = now + std::chrono::milliseconds{*rc::gen::inRange(-50, 9'000)};
        const auto id = table.open(peer, deadline, next_number);
        RC_ASSERT(id.has_value() == (expected.open.size() < 64));
        if (!id) break;
        expected.open[next_number] = model::request{peer, deadline};
        ids[next_number++] = *id;
        break;
      }
      case 3: {
        if (ids.empty()) break;
        const auto number = *rc::gen::inRange<std::uint64_t>(0, next_number);
        const auto peer = *any_peer;
        const auto known = expected.open.find(number);
        const auto is_due = known != expected.open.end() && known->second.peer == peer;
        RC_ASSERT(table.answered(ids[number], peer) == (is_due ? std::optional{number} : std::nullopt));
        if (is_due) expected.open.erase(known);
        break;
      }
      case 4: {
        const auto peer = *any_peer;
        table.link_down(peer, error{errc::io_failed}, note);
        RC_ASSERT(ended == expected.take([&](const auto& each) { return each.peer == peer; }));
        break;
      }
      default: {
        now += std::chrono::milliseconds{*rc::gen::inRange(0, 6'000)};
        table.expire(now, note);
        std::ranges::sort(ended);
        RC_ASSERT(ended == expected.take([&](const auto& each) { return each.deadline <= now; }));
      }
    }
    RC_ASSERT(table.size() == expected.open.size());
  }
}

}  // namespace
}  // namespace dunlin::link
