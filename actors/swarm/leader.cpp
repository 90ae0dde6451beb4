// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/leader.hpp"

#include <chrono>
#include <future>
#include <utility>

#include "store/open_store.hpp"

namespace dunlin {

namespace {

/// Brings the stored tasks back, and stores what their return changed.
result<void> restore(orchestration& leader, store_port& store) {
  const auto at = system_instant();
  result<void> all;
  auto visited = store.visit_all([&](task_record&& record) {
    auto one = leader.restore(std::move(record), at);
    if (!one && all) all = std::move(one);
  });
  if (!visited) return visited;
  if (!all) return all;
  leader_effects out;
  leader.finish_restore(at, out);
  if (out.commit.writes.empty()) return {};
  std::promise<result<void>> stored;
  store.commit(std::move(out.commit), [&stored](result<void> outcome) { stored.set_value(std::move(outcome)); });
  return stored.get_future().get();
}

/// A store in memory does not know of earlier leaders; there are fewer homes than seconds.
std::uint32_t seconds_since_2025() {
  constexpr std::int64_t at_2025 = 1'735'689'600;
  return static_cast<std::uint32_t>(system_instant().wall / 1'000 - at_2025);
}

}  // namespace

instant system_instant() {
  using namespace std::chrono;
  const auto now = steady_clock::now().time_since_epoch();
  const auto wall = system_clock::now().time_since_epoch();
  return {time_point{duration_cast<duration>(now)}, duration_cast<std::chrono::milliseconds>(wall).count()};
}

result<swarm_leader> start_leader(caf::actor_system& system, const swarm_config& config, incarnation life,
                                  std::shared_ptr<node_channel> nodes, std::function<void(std::string)> log,
                                  std::function<void(std::string)> on_end) {
  auto store = open_store({config.store, config.store_path});
  if (!store) return fail(std::move(store.error()));
  const auto term = (*store)->next_term();
  if (!term) return fail(error{term.error()});
  orchestration_config decide;
  decide.tasks.max_live_tasks = config.max_live_tasks;
  decide.tasks.terminal_memory = config.result_ttl;
  decide.policy = config.policy;
  decide.batch_limit = config.batch_limit;
  decide.own_node = life;
  if (config.store == "memory") decide.last_home_epoch = seconds_since_2025();
  auto decisions = orchestration::make(decide, life.value, *term);
  if (!decisions) return fail(std::move(decisions.error()));
  if (auto restored = restore(**decisions, **store); !restored) return fail(std::move(restored.error()));
  orchestrator_parts parts;
  parts.decisions = std::move(*decisions);
  parts.store = *store;
  parts.nodes = std::move(nodes);
  parts.now = system_instant;
  parts.log = std::move(log);
  parts.on_end = on_end;
  const auto orchestrator = spawn_orchestrator(system, std::move(parts));
  orchestrator->attach_functor([on_end = std::move(on_end)](const caf::error& reason) {
    if (reason != caf::exit_reason::user_shutdown) on_end("the orchestrator ended: " + caf::to_string(reason));
  });
  return swarm_leader{std::move(*store), orchestrator};
}

}  // namespace dunlin
