// SPDX-License-Identifier: Apache-2.0
// Agents that behave, or misbehave, as their payload says: the same class in a thread, in an actor and in a child.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "actors/agent.hpp"

namespace dunlin::testing {

class gate;

/// A user's own message type and its answer.
struct add_numbers {
  static constexpr const char* wire_name = "test.add_numbers";
  std::int64_t left = 0;
  std::int64_t right = 0;
  static auto fields(auto& m) { return std::tie(m.left, m.right); }
};

struct sum {
  static constexpr const char* wire_name = "test.sum";
  std::int64_t value = 0;
  std::string at;  ///< the sender, as the receiver saw it
  static auto fields(auto& m) { return std::tie(m.value, m.at); }
};

/// A payload is a word and, after a blank, its argument:
///   echo TEXT       returns the text                      count         returns how many tasks this object had
///   throw TEXT      throws                                 throw-number  throws something that is no exception
///   fail TEXT       returns an error                       huge          returns more than the limit
///   hang            waits at the gate, deaf to its cancel  attend        waits until it is cancelled
///   report TEXT     reports it as progress                 left          returns its time left, in ms
///   halves          reports progress, saves a checkpoint   memory N      takes N bytes from its memory
///   facts           attempt, checkpoint, deadline          lease         describes its device lease
///   steps N         works in N steps, then as `lease`
///   pace            works in steps until the gate opens, returns how many contracts it had
///   segfault        dies (in a child only)                 burn MS       uses the processor for so long
///   add KIND NODE   finds an agent there and asks for 20 + 22
///   spawn KIND NODE starts an agent there, returns its id
///   tell ID NODE    asks the agent with that id
class obedient_agent final : public agent {
 public:
  explicit obedient_agent(gate* at = nullptr) : gate_(at) {}
  result<bytes> handle(task_context& task) override;
  result<bytes> receive(const agent_message& message) override;

 private:
  gate* gate_;
  std::uint64_t handled_ = 0;
};

/// Kinds that serve the payloads above.
std::vector<agent_kind> obedient_kinds(gate* at = nullptr, std::uint32_t instances = 0);

/// The kinds of the child program; each is named after its isolation.
std::vector<agent_kind> child_kinds();

}  // namespace dunlin::testing
