// SPDX-License-Identifier: Apache-2.0
// The floor of local dispatch: what CAF alone needs to carry a task from a client over an orchestrator to one of many
// agents and back, four hops, with nothing in between. Nothing of Dunlin is included. The client keeps `window` tasks
// under way and checks each answer, so that no hop can be left out.
#include <algorithm>
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <future>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

struct task {
  std::uint64_t id = 0;
  std::uint64_t payload = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& visit, task& one) {
  return visit(one.id, one.payload);
}

using begin_atom = caf::atom_constant<caf::atom("begin")>;
using ask_atom = caf::atom_constant<caf::atom("ask")>;
using done_atom = caf::atom_constant<caf::atom("done")>;

std::uint64_t answer_of(const task& one) { return (one.id ^ one.payload) * 0x9e3779b97f4a7c15U; }

// Without an argument CAF 0.17 binds a reference to nothing, which a sanitizer sees.
caf::behavior agent(caf::event_based_actor* self, std::uint32_t) {
  return {[=](ask_atom, const task& one, const caf::actor& back) {
    self->send(back, done_atom::value, task{one.id, answer_of(one)});
  }};
}

caf::behavior orchestrator(caf::event_based_actor* self, std::uint32_t agent_count) {
  std::vector<caf::actor> agents;
  for (std::uint32_t i = 0; i < agent_count; ++i) agents.push_back(self->spawn(agent, i));
  auto client = std::make_shared<caf::actor>();
  auto next = std::make_shared<std::size_t>(0);
  return {
      [=](begin_atom, const caf::actor& who) { *client = who; },
      [=](ask_atom, const task& one) {
        *next = (*next + 1) % agents.size();
        self->send(agents[*next], ask_atom::value, one, caf::actor_cast<caf::actor>(self));
      },
      [=](done_atom, const task& one) { self->send(*client, done_atom::value, one); },
  };
}

struct client_state {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t wrong = 0;
  std::vector<double> latencies_us;  // with one task at a time
  clock_type::time_point sent_at;
};

caf::behavior client(caf::stateful_actor<client_state>* self, const caf::actor& leader, std::uint64_t count,
                     std::uint64_t window, const std::shared_ptr<std::promise<client_state>>& ended) {
  const auto payload_of = [](std::uint64_t id) { return id * 1'000'003; };
  const auto send_one = [=] {
    const auto id = self->state.sent++;
    if (window == 1) self->state.sent_at = clock_type::now();
    self->send(leader, ask_atom::value, task{id, payload_of(id)});
  };
  return {
      [=](begin_atom) {
        self->send(leader, begin_atom::value, caf::actor_cast<caf::actor>(self));
        while (self->state.sent < std::min(window, count)) send_one();
      },
      [=](done_atom, const task& one) {
        auto& state = self->state;
        state.wrong += one.payload != answer_of({one.id, payload_of(one.id)}) ? 1 : 0;
        if (window == 1)
          state.latencies_us.push_back(
              std::chrono::duration<double, std::micro>(clock_type::now() - state.sent_at).count());
        if (state.sent < count) send_one();
        if (++state.received == count) ended->set_value(state);
      },
  };
}

}  // namespace

/// Returns tasks per second with `window` tasks under way, or 0 if an answer was wrong. `stealing` chooses CAF's
/// scheduler policy; `threads` its threads. `p50_us`, if not null, gets the median time of a task; then `window` is 1.
extern "C" double bare_four_hop(bool stealing, std::uint32_t threads, std::uint32_t agents, std::uint64_t count,
                                std::uint64_t window, double* p50_us) {
  caf::actor_system_config config;
  config.set("scheduler.policy", stealing ? caf::atom("stealing") : caf::atom("sharing"));
  config.set("scheduler.max-threads", static_cast<std::size_t>(threads));
  caf::actor_system system{config};
  const auto leader = system.spawn(orchestrator, agents);
  auto ended = std::make_shared<std::promise<client_state>>();
  const auto who = system.spawn(client, leader, count, window, ended);
  const auto from = clock_type::now();
  caf::anon_send(who, begin_atom::value);
  auto end = ended->get_future().get();
  const std::chrono::duration<double> took = clock_type::now() - from;
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(leader, caf::exit_reason::user_shutdown);  // agents end with the system
  std::sort(end.latencies_us.begin(), end.latencies_us.end());
  if (p50_us != nullptr) *p50_us = end.latencies_us[end.latencies_us.size() / 2];
  return end.wrong == 0 ? static_cast<double>(count) / took.count() : 0;
}
