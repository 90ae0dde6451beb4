// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/node/node_fixture.hpp"

#include <caf/all.hpp>

namespace dunlin::testing {

struct NodeFixture::caf_parts {
  caf_parts() {
    config.set("scheduler.policy", caf::atom("sharing"));
    config.set("scheduler.max-threads", std::size_t{2});
    system = std::make_unique<caf::actor_system>(config);
  }
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
};

NodeFixture::NodeFixture() : caf_(std::make_unique<caf_parts>()), system_(caf_->system.get()) {}

NodeFixture::~NodeFixture() {
  hung.open();
  EXPECT_TRUE(hung.wait_for_quiet()) << "a handler still hangs";
}

rig_options NodeFixture::obedient(std::uint32_t instances) {
  rig_options options;
  options.kinds = obedient_kinds(&hung, instances);
  return options;
}

rig_options NodeFixture::impatient() {
  auto options = obedient();
  options.adjust = [](local_node_config& config) {
    config.dispatch.stop_patience = 30ms;
    config.tick = 10ms;
    config.heartbeat = 10ms;
    config.stop_patience = 50ms;
  };
  return options;
}

}  // namespace dunlin::testing
