// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/actors/node/gate.hpp"
#include "tests/actors/node/node_rig.hpp"
#include "tests/actors/node/test_agents.hpp"

namespace dunlin {

inline void PrintTo(const task_outcome& outcome, std::ostream* out) { *out << "outcome of " << to_string(outcome.id); }

}  // namespace dunlin

namespace dunlin::testing {

/// An actor system with real threads, the gate where handlers hang, and nodes of obedient agents.
class NodeFixture : public ::testing::Test {
 protected:
  NodeFixture();

  /// Lets go whoever hangs, so that no thread outlives the test's objects.
  ~NodeFixture() override;

  /// Returns options for a node with the kinds `work` (thread) and `quick` (async).
  rig_options obedient(std::uint32_t instances = 0);

  /// Returns those, for a node that gives up a handler which ignores its cancel within a few ticks.
  rig_options impatient();
  std::unique_ptr<node_rig> start(rig_options options) {
    return std::make_unique<node_rig>(*system_, std::move(options));
  }
  std::unique_ptr<node_rig> start() { return start(obedient()); }

  caf::actor_system& system() { return *system_; }

  gate hung;

 private:
  struct caf_parts;
  std::unique_ptr<caf_parts> caf_;
  caf::actor_system* system_ = nullptr;
};

inline std::string text_of(const task_outcome& outcome) { return std::string{as_text(outcome.output)}; }

/// `EXPECT_THAT(outcome, Succeeds("42"))`
MATCHER_P(Succeeds, output, "succeeds with '" + std::string{output} + "'") {
  *result_listener << to_string(arg.code) << " '" << text_of(arg) << "' " << arg.why;
  return arg.code == errc::none && !arg.crashed && text_of(arg) == output;
}

/// `EXPECT_THAT(outcome, FailsWith(errc::timeout, "ignored"))`
MATCHER_P2(FailsWith, code, part, "fails with " + std::string{to_string(code)} + " and says '" + part + "'") {
  *result_listener << to_string(arg.code) << ": " << arg.why;
  return arg.code == code && arg.why.find(part) != std::string::npos;
}

}  // namespace dunlin::testing
