// SPDX-License-Identifier: Apache-2.0
#include "actors/node/supervisor.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/node/agent_actor.hpp"
#include "coordination/codec/wire_text.hpp"

namespace dunlin {

namespace {

/// Agents of one crew are neighbours in the node's list: tasks reach them together.
constexpr std::uint32_t largest_crew = 64;

/// So many crews of one kind keep every thread busy.
constexpr std::uint32_t enough_crews = 32;

/// Returns how many agents share an actor. Numerous agents that return at once do: a message for each of their tasks
/// would cost more than the task. The others have an actor of their own.
std::uint32_t crew_size(const agent_kind& kind, std::uint32_t instances) {
  if (kind.isolation != isolation_mode::async) return 1;
  return std::clamp(instances / enough_crews, 1U, largest_crew);
}

/// Agents on threads may be more than the threads, so that several can share a device in turns.
std::uint32_t usual_instances(const agent_kind& kind, std::uint32_t workers) {
  constexpr std::uint32_t fewest_on_threads = 8;
  return kind.isolation == isolation_mode::thread ? std::max(workers, fewest_on_threads) : workers;
}

/// Where one crew lives, and the next if it ends.
struct crew_place {
  const agent_kind* kind = nullptr;
  std::uint32_t agents = 1;
  restart_policy restarts;
};

struct supervisor_state {
  static inline const char* name = "supervisor";
  node_context_pointer node;
  std::vector<crew_place> places;
  std::uint32_t agents = 0;                                                         ///< in all places
  std::unordered_map<caf::actor_id, std::pair<std::uint32_t, crew_handle>> living;  ///< place and crew, by actor
  bool ending = false;
};

using supervisor_pointer = supervisor_handle::stateful_pointer<supervisor_state>;

class supervisor_shell {
 public:
  explicit supervisor_shell(supervisor_pointer self) : self_(self), state_(self->state) {}

  void start_all() {
    const auto workers = std::max(1U, state_.node->devices.front()->properties().compute_units);
    for (const auto& kind : state_.node->kinds) {
      auto left = kind.instances == 0 ? usual_instances(kind, workers) : kind.instances;
      for (const auto size = crew_size(kind, left); left > 0; left -= std::min(left, size))
        start(add_place(kind, std::min(left, size)), {});
    }
  }

  void spawn(spawn_agent& wish) {
    if (state_.ending) return wish.done(fail(errc::shutting_down, "the node ends"));
    const auto& kinds = state_.node->kinds;
    const auto kind = std::ranges::find(kinds, wish.kind, &agent_kind::name);
    if (kind == kinds.end())
      return wish.done(fail(errc::unknown_kind,
                            "node '" + state_.node->config.name + "' does not know the kind '" + wish.kind + "'"));
    if (state_.agents >= state_.node->config.max_agents)
      return wish.done(fail(errc::overloaded, "the node has " + std::to_string(state_.agents) + " agents",
                            "`max_agents` bounds them"));
    start(add_place(*kind, 1),
          [node = state_.node, done = std::move(wish.done)](agent_id id) { done(node->address_of(id)); });
  }

  void on_down(const caf::down_msg& down) {
    const auto known = state_.living.find(down.source.id());
    if (known == state_.living.end()) return;
    const auto [place, crew] = known->second;
    state_.living.erase(known);
    if (state_.ending) return quit_when_alone();
    const auto why = as_wire_text("agent ended: " + self_->system().render(down.reason));
    self_->send(state_.node->dispatcher, crew_down{crew, why});
    auto& at = state_.places[place];
    if (const auto pause = at.restarts.on_down(state_.node->now()))
      self_->delayed_send(self_, *pause, restart_atom::value, place);
    else
      state_.node->events->on_broken("agents of kind '" + at.kind->name + "' ended " +
                                     std::to_string(at.restarts.recent()) + " times in a row: " + why);
  }

  void restart(std::uint32_t place) {
    if (!state_.ending) start(place, {});
  }

  /// Ends the agents, then itself.
  void end() {
    state_.ending = true;
    for (const auto& [actor, entry] : state_.living) self_->send_exit(entry.second, caf::exit_reason::user_shutdown);
    quit_when_alone();
  }

 private:
  void quit_when_alone() {
    if (state_.living.empty()) self_->quit(caf::exit_reason::user_shutdown);
  }

  void start(std::uint32_t place, std::function<void(agent_id)> enrolled) {
    const auto& [kind, agents, restarts] = state_.places[place];
    const auto crew = spawn_crew(self_->system(), state_.node, *kind, agents);
    self_->monitor(crew);
    state_.living.emplace(crew.id(), std::pair{place, crew});
    agent_class its_class{kind->name, kind->capabilities, kind->isolation, agents, kind->version};
    self_->send(state_.node->dispatcher, crew_up{std::move(its_class), crew, std::move(enrolled)});
  }

  std::uint32_t add_place(const agent_kind& kind, std::uint32_t agents) {
    state_.agents += agents;
    state_.places.push_back({&kind, agents, restart_policy{state_.node->config.restarts}});
    return static_cast<std::uint32_t>(state_.places.size() - 1);
  }

  supervisor_pointer self_;
  supervisor_state& state_;
};

supervisor_handle::behavior_type supervisor(supervisor_pointer self, const node_context_pointer& node) {
  self->state.node = node;
  supervisor_shell shell{self};
  self->set_down_handler([self](caf::down_msg& down) { supervisor_shell{self}.on_down(down); });
  self->set_exit_handler([self](caf::exit_msg&) { supervisor_shell{self}.end(); });
  return {
      [=](start_atom) mutable { shell.start_all(); },
      [=](spawn_agent& wish) mutable { shell.spawn(wish); },
      [=](restart_atom, std::uint32_t place) mutable { shell.restart(place); },
      // By this way round it comes after the first agents: the first report is complete.
      [=](leader_is_up news) { self->send(self->state.node->dispatcher, news); },
  };
}

}  // namespace

supervisor_handle spawn_supervisor(caf::actor_system& system, node_context_pointer node) {
  return system.spawn(supervisor, std::move(node));
}

}  // namespace dunlin
