// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/plan.hpp"

namespace dunlin::model {

std::string to_string(const event& one) {
  const auto agent = name_of(one.who);
  switch (one.what) {
    case act::ask:
      return agent + " asks";
    case act::deliver:
      return agent + " gets its next message";
    case act::arrive:
      return agent + " has a step to run";
    case act::end_step:
      return agent + " ends its step";
    case act::next_step:
      return agent + " ends its step and has another";
    case act::renew:
      return agent + " renews";
    case act::release:
      return agent + " releases";
    case act::tick:
      return "the coordinator does what is due";
    case act::give_up:
      return agent + " gives up waiting";
    case act::withdraw:
      return agent + " withdraws its step";
    case act::die:
      return agent + " dies";
    case act::revoke:
      return "an operator revokes the share of " + agent;
    case act::recall:
      return "an operator recalls the share of " + agent;
    case act::switch_to:
      return "an operator switches to " + std::string{to_string(patterns().at(one.who).pattern)};
    case act::settle:
      return "settlement " + std::to_string(one.who + 1) + " comes into force";
  }
  return "nothing";
}

namespace {

std::size_t how_many(act kind) {
  switch (kind) {
    case act::tick:
      return 1;
    case act::switch_to:
      return patterns().size();
    case act::settle:
      return settlements().size();
    default:
      return agent_count;
  }
}

}  // namespace

const std::vector<event>& all_events() {
  static const auto all = [] {
    std::vector<event> out;
    for (std::size_t what = 0; what < act_count; ++what) {
      const auto kind = static_cast<act>(what);
      for (std::size_t who = 0; who < how_many(kind); ++who) out.push_back({kind, static_cast<std::uint8_t>(who)});
    }
    return out;
  }();
  return all;
}

}  // namespace dunlin::model
