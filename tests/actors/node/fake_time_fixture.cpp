// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/node/fake_time_fixture.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace dunlin::testing {

struct FakeTimeFixture::caf_parts {
  caf_parts() {
    config.set("scheduler.policy", caf::atom("testing"));
    system = std::make_unique<caf::actor_system>(config);
    scheduler = &dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler());
  }
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::scheduler::test_coordinator* scheduler = nullptr;
};

FakeTimeFixture::FakeTimeFixture() : caf_(std::make_unique<caf_parts>()) {}

FakeTimeFixture::~FakeTimeFixture() {
  leader->answer_to(nullptr);
  if (node) node->stop();
  settle();
  node.reset();
}

void FakeTimeFixture::start(std::uint32_t instances) {
  local_node_config config;
  config.name = "alpha";
  config.life = {1};
  if (adjust) adjust(config);
  local_node_parts parts{obedient_kinds(nullptr, instances), {device}, leader, std::make_shared<node_wire>(), events};
  if (gpu) parts.devices.push_back(gpu);
  parts.clock = [scheduler = caf_->scheduler] {
    return time_point{scheduler->clock().current_time.time_since_epoch()};
  };
  parts.wall_clock = [this] { return wall(); };
  node = local_node::start(*caf_->system, std::move(config), std::move(parts)).value();
  leader->answer_to(node.get());
  node->on_leader_up();
  settle();
}

void FakeTimeFixture::settle_actors() { caf_->scheduler->run(); }

void FakeTimeFixture::settle() {
  do caf_->scheduler->run();
  while (steps_run && run_steps() > 0);
}

std::size_t FakeTimeFixture::run_steps() { return device->run_all() + (gpu ? gpu->run_all() : 0); }

std::size_t FakeTimeFixture::pass(duration time) {
  std::size_t rang = 0;
  for (duration gone{0}; gone < time; gone += 10ms) {
    rang += caf_->scheduler->advance_time(std::chrono::milliseconds{10});
    settle();
  }
  return rang;
}

void FakeTimeFixture::jump(duration time) {
  caf_->scheduler->advance_time(std::chrono::duration_cast<caf::timespan>(time));
  settle();
}

task_id FakeTimeFixture::grant(const grant_options& what) {
  const task_id id{1, ++grants_};
  node->hear(make_grant(what, id, make_epoch(1, grants_)));
  settle();
  return id;
}

void FakeTimeFixture::cancel(const task_id& task) {
  node->hear(cancel_order{{task, make_epoch(1, static_cast<std::uint32_t>(task.low))}, errc::cancelled});
}

grant_options FakeTimeFixture::a_task(std::string payload, milliseconds timeout) {
  grant_options out;
  out.payload = std::move(payload);
  out.timeout = timeout;
  return out;
}

std::vector<heartbeat> FakeTimeFixture::beats() const {
  return leader->look([](const auto& all) { return all.beats; });
}

wall_ms FakeTimeFixture::wall() const {
  constexpr wall_ms began = 1'700'000'000'000;
  const auto run = caf_->scheduler->clock().current_time.time_since_epoch();
  return began + std::chrono::duration_cast<milliseconds>(run).count();
}

bool FakeTimeFixture::has_ended(const task_id& task) const {
  return leader->look([&](const auto& all) { return all.outcomes.contains(task); });
}

task_outcome FakeTimeFixture::outcome_of(const task_id& task) const {
  if (has_ended(task)) return leader->look([&](const auto& all) { return all.outcomes.at(task).front(); });
  task_outcome none;
  none.code = errc::internal;
  none.why = "it has not ended";
  return none;
}

}  // namespace dunlin::testing
