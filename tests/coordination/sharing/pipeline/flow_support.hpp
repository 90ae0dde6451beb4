// SPDX-License-Identifier: Apache-2.0
// A pipeline in a few words, and graphs to try it on.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordination/sharing/pipeline/item_flow.hpp"

namespace dunlin {

inline void PrintTo(const flow_grant& grant, std::ostream* out) {
  static constexpr const char* kinds[] = {"room", "item", "failed item", "end"};
  *out << kinds[static_cast<int>(grant.kind)] << ' ' << grant.item << " for agent " << grant.agent.value;
}

inline stage_graph graph_of(std::vector<stage_spec> stages) { return stage_graph::make(std::move(stages), 64).value(); }

/// decode -> infer -> encode.
inline stage_graph chain(std::uint32_t ring = 4, std::uint32_t parallelism = 1) {
  return graph_of({{"decode", {}, 1, ring}, {"infer", {"decode"}, parallelism, ring}, {"encode", {"infer"}, 1, ring}});
}

/// decode -> left, right -> encode.
inline stage_graph diamond(std::uint32_t ring = 4) {
  return graph_of({{"decode", {}, 1, ring},
                   {"left", {"decode"}, 1, ring},
                   {"right", {"decode"}, 1, ring},
                   {"encode", {"left", "right"}, 1, ring}});
}

/// A flow whose agents are told what to do by name.
class told_flow {
 public:
  explicit told_flow(stage_graph graph) : flow(std::move(graph)) {}

  agent_id join(const std::string& stage) {
    const agent_id agent{++agents_};
    const auto joined = flow.join(agent, flow.graph().find(stage).value());
    EXPECT_TRUE(joined) << to_string(joined.error());
    return agent;
  }

  std::vector<flow_grant> grants() {
    std::vector<flow_grant> out;
    flow.take_grants(out);
    for (const auto& grant : out) asking_.erase(grant.agent);
    seen_.insert(seen_.end(), out.begin(), out.end());
    return out;
  }

  /// Returns all grants since the last call.
  std::vector<flow_grant> grants_since() {
    grants();
    return std::exchange(seen_, {});
  }

  /// One that asks or has an item already goes on with that.
  std::vector<flow_grant> ask(agent_id agent) {
    if (!flow.item_of(agent) && asking_.insert(agent).second) flow.ask(agent);
    return grants();
  }

  void leave(agent_id agent) {
    asking_.erase(agent);
    flow.leave(agent);
  }

  /// Offers `count` items; returns how many there was room for.
  int offer(agent_id agent, int count) {
    for (int i = 0; i < count; ++i)
      if (const auto got = ask(agent); got.empty() || got.front().agent != agent) return i;
    return count;
  }

  std::vector<flow_grant> finish(agent_id agent, bool well = true) {
    EXPECT_TRUE(flow.finish(agent, well));
    return grants();
  }

  item_flow flow;

 private:
  std::uint64_t agents_ = 0;
  std::set<agent_id> asking_;
  std::vector<flow_grant> seen_;
};

inline flow_grant room(agent_id agent, std::uint64_t item) { return {agent, flow_grant::kind_type::room, 0, item}; }
inline flow_grant item(agent_id agent, std::size_t stage, std::uint64_t number) {
  return {agent, flow_grant::kind_type::item, stage, number};
}
inline flow_grant failed_item(agent_id agent, std::size_t stage, std::uint64_t number) {
  return {agent, flow_grant::kind_type::failed_item, stage, number};
}
inline flow_grant end(agent_id agent, std::size_t stage, std::uint64_t number) {
  return {agent, flow_grant::kind_type::end, stage, number};
}

}  // namespace dunlin
