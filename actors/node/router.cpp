// SPDX-License-Identifier: Apache-2.0
#include "actors/node/router.hpp"

#include <functional>
#include <unordered_map>
#include <utility>
#include <variant>

#include "actors/node/in_words.hpp"
#include "coordination/link/request_table.hpp"

namespace dunlin {

namespace {

constexpr std::uint32_t max_questions = 65'536;
constexpr duration tick_every = 50ms;

using waiter = std::variant<completion<bytes>, completion<agent_address>>;

struct listed_agent {
  std::string kind;
  crew_handle crew;
};

struct router_state {
  static inline const char* name = "router";
  node_context_pointer node;
  std::unordered_map<std::uint64_t, listed_agent> agents;
  link::request_table<waiter> questions{max_questions};
  std::unordered_map<std::string, incarnation> lives;  ///< of the nodes that were talked to
  bool ticking = false;
};

using router_pointer = router_handle::stateful_pointer<router_state>;

/// Stands for "this node, whatever its life" where only a name is known. Never 0, and never a life that was drawn.
incarnation any_life_of(const std::string& node) { return {std::hash<std::string>{}(node) | 1}; }

error lost_node(const std::string& node, const std::string& why) {
  return error{errc::link_down, "node '" + node + "' is gone: " + why, "`dunlin node list` shows who is here"};
}

void end_with(waiter&& who, const error& why) {
  std::visit([&](auto& done) { done(fail(error{why})); }, who);
}

class router_shell {
 public:
  explicit router_shell(router_pointer self) : self_(self), state_(self->state) {}

  // -- from agents of this node

  void call(outgoing_call& question) {
    const auto& node = *state_.node;
    auto& call = question.call;
    const auto to = call.to;
    const bool here = to.node.empty() || to.node == node.config.name;
    const auto id = open(here ? node.config.life : to.epoch, call.patience, std::move(question.done));
    if (!id) return;
    if (here) {
      deliver(node.config.name, to.node.empty() ? node.config.life : to.epoch, call, *id);
      return;
    }
    call.request = *id;
    state_.lives.try_emplace(to.node, to.epoch);
    send(to.node, to.epoch, *id, std::move(call));
  }

  void find(outgoing_find& question) {
    const auto& node = *state_.node;
    if (question.node.empty() || question.node == node.config.name) {
      look_up(question.kind, question.spawn, std::move(question.done));
      return;
    }
    const auto peer = any_life_of(question.node);
    const auto id = open(peer, question.patience, std::move(question.done));
    if (id) send(question.node, peer, *id, agent_request{*id, std::move(question.kind), question.spawn});
  }

  // -- from other nodes

  void hear(incoming_traffic& said) {
    const auto known = state_.lives.try_emplace(said.node, said.life).first;
    if (known->second != said.life) end_life(said.node, std::exchange(known->second, said.life));
    std::visit([&](auto& message) { hear_one(said, message); }, said.message);
  }

  void answer(local_answer& answered) {
    const auto& node = *state_.node;
    if (answered.node == node.config.name) {
      finish(answered.request, node.config.life, std::move(answered.answer));
      return;
    }
    agent_answer out;
    out.request = answered.request;
    if (answered.answer) {
      out.body = std::move(*answered.answer);
    } else {
      out.code = answered.answer.error().code;
      out.why = in_words(answered.answer.error());
    }
    auto sent = node.peers->send(answered.node, std::move(out));
    if (sent) return;
    // Nobody shall wait for what cannot be sent. If the asking node is gone, nobody does.
    agent_answer refusal;
    refusal.request = answered.request;
    refusal.code = sent.error().code;
    refusal.why = in_words(sent.error());
    static_cast<void>(node.peers->send(answered.node, std::move(refusal)));
  }

  void lose(const peer_lost& news) {
    const auto why = lost_node(news.node, news.why);
    if (news.life) fail_all(news.life, why);
    fail_all(any_life_of(news.node), why);
    state_.lives.erase(news.node);
  }

  void tick() {
    state_.ticking = false;
    state_.questions.expire(state_.node->now(), [](waiter&& who, const error& why) { end_with(std::move(who), why); });
    schedule();
  }

 private:
  template <class Done>
  std::optional<request_id> open(incarnation peer, milliseconds patience, Done&& done) {
    auto id = state_.questions.open(peer, state_.node->now() + patience, done);
    schedule();
    if (id) return *id;
    done(fail(std::move(id.error())));
    return std::nullopt;
  }

  /// A message of a node's next life tells that the last one is over.
  void end_life(const std::string& node, incarnation life) {
    fail_all(life, error{errc::link_down, "node '" + node + "' was restarted", "find the agent anew"});
  }

  void fail_all(incarnation peer, const error& why) {
    state_.questions.link_down(peer, why, [](waiter&& who, const error& reason) { end_with(std::move(who), reason); });
  }

  void send(const std::string& node, incarnation peer, request_id id, agent_traffic&& message) {
    auto sent = state_.node->peers->send(node, std::move(message));
    if (sent) return;
    if (auto who = state_.questions.answered(id, peer)) end_with(std::move(*who), sent.error());
  }

  void hear_one(const incoming_traffic& from, agent_call& call) {
    deliver(from.node, call.to.epoch, call, call.request);
  }

  void hear_one(const incoming_traffic& from, agent_answer& said) {
    result<bytes> answer = std::move(said.body);
    if (said.code != errc::none) answer = fail(said.code, std::move(said.why));
    finish(said.request, from.life, std::move(answer));
  }

  void hear_one(const incoming_traffic& from, agent_request& asked) {
    auto done = [peers = state_.node->peers, node = from.node, request = asked.request](result<agent_address> found) {
      agent_found out;
      out.request = request;
      if (found) {
        out.address = std::move(*found);
      } else {
        out.code = found.error().code;
        out.why = in_words(found.error());
      }
      static_cast<void>(peers->send(node, std::move(out)));
    };
    look_up(asked.kind, asked.spawn, std::move(done));
  }

  void hear_one(const incoming_traffic& from, agent_found& said) {
    auto who = state_.questions.answered(said.request, any_life_of(from.node));
    if (!who) return;
    auto* done = std::get_if<completion<agent_address>>(&*who);
    if (done == nullptr) return;
    if (said.code == errc::none)
      (*done)(std::move(said.address));
    else
      (*done)(fail(said.code, std::move(said.why)));
  }

  void finish(request_id id, incarnation peer, result<bytes>&& answer) {
    auto who = state_.questions.answered(id, peer);
    if (!who) return;  // came too late
    if (auto* done = std::get_if<completion<bytes>>(&*who)) (*done)(std::move(answer));
  }

  void deliver(const std::string& from, incarnation life, agent_call& call, request_id request) {
    auto reply = std::make_shared<answer_slot>(
        [me = caf::actor_cast<router_handle>(self_), from, request](result<bytes> answer) {
          caf::anon_send(me, local_answer{request, from, std::move(answer)});
        });
    const auto at = state_.agents.find(call.to.agent.value);
    if (life != state_.node->config.life || at == state_.agents.end()) {
      reply->give(fail(errc::not_found,
                       "node '" + state_.node->config.name + "' has no agent " + std::to_string(call.to.agent.value),
                       "it ended, or its node was restarted: find it anew"));
      return;
    }
    self_->send(at->second.crew, agent_delivery{call.to.agent, std::move(call.from), std::move(call.type),
                                                std::move(call.body), std::move(reply)});
  }

  void look_up(const std::string& kind, bool spawn, completion<agent_address> done) {
    if (spawn) {
      self_->send(state_.node->supervisor, spawn_agent{kind, std::move(done)});
      return;
    }
    // The lowest id, so that equal questions get equal answers.
    std::uint64_t best = 0;
    for (const auto& [id, listed] : state_.agents)
      if (listed.kind == kind && (best == 0 || id < best)) best = id;
    if (best == 0)
      done(fail(errc::not_found, "node '" + state_.node->config.name + "' has no agent of kind '" + kind + "'"));
    else
      done(state_.node->address_of({best}));
  }

  void schedule() {
    if (state_.questions.size() == 0 || std::exchange(state_.ticking, true)) return;
    self_->delayed_send(self_, tick_every, tick_atom::value);
  }

  router_pointer self_;
  router_state& state_;
};

router_handle::behavior_type router(router_pointer self, const node_context_pointer& node) {
  self->state.node = node;
  router_shell shell{self};
  return {
      [=](agent_listed& added) {
        self->state.agents[added.id.value] = {std::move(added.kind), added.crew};
      },
      [=](const agent_gone& agent) { self->state.agents.erase(agent.id.value); },
      [=](outgoing_call& question) mutable { shell.call(question); },
      [=](outgoing_find& question) mutable { shell.find(question); },
      [=](incoming_traffic& said) mutable { shell.hear(said); },
      [=](local_answer& answered) mutable { shell.answer(answered); },
      [=](const peer_lost& news) mutable { shell.lose(news); },
      [=](tick_atom) mutable { shell.tick(); },
  };
}

}  // namespace

router_handle spawn_router(caf::actor_system& system, node_context_pointer node) {
  return system.spawn(router, std::move(node));
}

}  // namespace dunlin
