// SPDX-License-Identifier: Apache-2.0
// Random histories against the promises at the top of item_flow.hpp: agents come, ask, finish in any order, fail items
// and die in the middle of them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "tests/coordination/sharing/pipeline/flow_support.hpp"

namespace dunlin {
namespace {

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories

std::vector<stage_spec> random_stages() {
  const auto ring = [] { return *rc::gen::inRange<std::uint32_t>(1, 5); };
  const auto seats = [] { return *rc::gen::inRange<std::uint32_t>(1, 4); };
  if (*rc::gen::arbitrary<bool>())
    return {{"a", {}, seats(), ring()},
            {"b", {"a"}, seats(), ring()},
            {"c", {"b"}, seats(), ring()},
            {"d", {"c"}, seats(), ring()}};
  return {{"a", {}, seats(), ring()},         {"b", {"a"}, seats(), ring()}, {"c", {"a"}, seats(), ring()},
          {"d", {"b", "c"}, seats(), ring()}, {"e", {"d"}, seats(), ring()}, {"f", {"c"}, seats(), ring()}};
}

class flow_witness {
 public:
  explicit flow_witness(const stage_graph& graph) : some_(graph), stages_(graph.size()) {
    for (std::size_t stage = 0; stage < graph.size(); ++stage) fill(stage);
    for (std::size_t stage = 0; stage < graph.size(); ++stage) {
      most_ += graph.spec(stage).parallelism;
      most_ += graph.spec(stage).ring * graph.before(stage).size();
    }
  }

  void step(std::uint32_t word) {
    const auto stage = word % stages_.size();
    const auto& agents = stages_[stage].agents;
    const auto agent = agents[(word >> 3) % agents.size()];
    const bool has_item = some_.flow.item_of(agent).has_value();
    const auto what = word >> 6 & 15;
    if (what == 0)
      die(stage, agent);
    else if (has_item && what < 12)
      finish(stage, agent, what > 3);
    else
      some_.ask(agent);
    see();
  }

  /// The first stage stops; everything on its way comes out, and everybody sees the end.
  void drain() {
    for (const auto agent : stages_[graph().first()].agents) some_.leave(agent);
    std::set<agent_id> others;
    for (std::size_t stage = 0; stage < stages_.size(); ++stage)
      if (stage != graph().first()) others.insert(stages_[stage].agents.begin(), stages_[stage].agents.end());
    see();
    for (std::uint64_t i = 0; i < 1'000 && ended_.size() < others.size(); ++i) {
      for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
        if (stage == graph().first()) continue;
        for (const auto agent : stages_[stage].agents) {
          if (ended_.contains(agent)) continue;
          if (some_.flow.item_of(agent)) finish(stage, agent, true);
          see();
          if (!ended_.contains(agent)) some_.ask(agent);
          see();
        }
      }
    }
    RC_ASSERT(ended_ == others);
    RC_ASSERT(some_.flow.in_flight() == 0U);
    for (std::size_t stage = 0; stage < stages_.size(); ++stage)
      if (stage != graph().first()) check_complete(stage);
  }

 private:
  struct stage_seen {
    std::vector<agent_id> agents;
    std::set<std::uint64_t> taken;
    std::set<std::uint64_t> failed;  ///< by its own agents
  };

  [[nodiscard]] const stage_graph& graph() const { return some_.flow.graph(); }

  void fill(std::size_t stage) {
    auto& agents = stages_[stage].agents;
    while (agents.size() < graph().spec(stage).parallelism) agents.push_back(some_.join(graph().spec(stage).name));
  }

  void finish(std::size_t stage, agent_id agent, bool well) {
    if (!well) stages_[stage].failed.insert(*some_.flow.item_of(agent));
    RC_ASSERT(some_.flow.finish(agent, well));
  }

  void die(std::size_t stage, agent_id agent) {
    if (const auto item = some_.flow.item_of(agent)) stages_[stage].failed.insert(*item);
    some_.leave(agent);
    std::erase(stages_[stage].agents, agent);
    fill(stage);
  }

  /// Whether the item comes to `stage` as failed.
  [[nodiscard]] bool is_failed(std::size_t stage, std::uint64_t item) const {
    for (const auto before : graph().before(stage))
      if (stages_[before].failed.contains(item) || is_failed(before, item)) return true;
    return false;
  }

  void see() {
    for (const auto& grant : some_.grants_since()) {
      auto& its = stages_[grant.stage];
      RC_ASSERT(some_.flow.stage_of(grant.agent) == grant.stage);
      if (grant.kind == flow_grant::kind_type::end) {
        RC_ASSERT(ended_.insert(grant.agent).second);
        continue;
      }
      RC_ASSERT((grant.kind == flow_grant::kind_type::room) == (grant.stage == graph().first()));
      RC_ASSERT((its.taken.empty() || grant.item > *its.taken.rbegin()));  // in order, none twice
      its.taken.insert(grant.item);
      if (grant.stage == graph().first()) continue;
      const bool failed = grant.kind == flow_grant::kind_type::failed_item;
      RC_ASSERT(failed == is_failed(grant.stage, grant.item));
      RC_ASSERT((!failed || graph().is_last(grant.stage)));
      for (const auto before : graph().before(grant.stage)) RC_ASSERT((failed || handed_on(before, grant.item)));
    }
    RC_ASSERT(some_.flow.in_flight() <= most_);
  }

  /// An item comes to a stage only when nobody before works on it any more.
  [[nodiscard]] bool handed_on(std::size_t stage, std::uint64_t item) const {
    if (!stages_[stage].taken.contains(item)) return false;
    for (const auto agent : stages_[stage].agents)
      if (some_.flow.item_of(agent) && *some_.flow.item_of(agent) <= item) return false;
    return true;
  }

  /// Every item was taken here, but for those that had failed before.
  void check_complete(std::size_t stage) const {
    for (std::uint64_t item = 0; item < some_.flow.offered(); ++item)
      RC_ASSERT((stages_[stage].taken.contains(item) || (is_failed(stage, item) && !graph().is_last(stage))));
  }

  told_flow some_;
  std::vector<stage_seen> stages_;
  std::set<agent_id> ended_;
  std::uint64_t most_ = 0;
};

RC_GTEST_PROP(ItemFlowProperty, KeepsOrderLosesNothingAndNeverStalls, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    flow_witness some{graph_of(random_stages())};
    const auto words = *rc::gen::resize(
        200, rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
    for (const auto word : words) some.step(word);
    some.drain();
  }
}

}  // namespace
}  // namespace dunlin
