// SPDX-License-Identifier: Apache-2.0
#include "actors/agent_host.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>

#include "actors/node/child_questions.hpp"
#include "actors/process/serve_agent_child.hpp"
#include "gpu/memory/arena.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

time_point monotonic_now() noexcept {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

/// What a handler in a child asks, it asks its node. A cancel is no flag here: the process is killed.
class child_task_host final : public task_host {
 public:
  explicit child_task_host(child_link& node) : node_(node) {}

  void report(const task_progress& progress) override { node_.progress(progress); }
  [[nodiscard]] bool cancelled() const noexcept override { return false; }
  [[nodiscard]] time_point now() const noexcept override { return monotonic_now(); }

  result<bytes> call(const agent_address& to, std::string type, bytes body, milliseconds patience) override {
    return node_.ask(child_call::wire_name, codec::to_wire(child_call{to, std::move(type), std::move(body), patience}));
  }

  result<agent_address> find_agent(std::string kind, std::string node, bool spawn) override {
    auto answer = node_.ask(child_find::wire_name, codec::to_wire(child_find{std::move(kind), std::move(node), spawn}));
    if (!answer) return fail(std::move(answer.error()));
    return codec::from_wire<agent_address>(*answer);
  }

  void save_checkpoint(bytes state) override {
    // Its loss is harmless: the next attempt starts from an older one.
    static_cast<void>(node_.save_checkpoint(std::move(state)));
  }

  /// A process is one step: its node cannot stop it in between.
  result<std::optional<device_lease>> next_step() override { return std::nullopt; }
  [[nodiscard]] share_use used() const override { return {}; }

 private:
  child_link& node_;
};

task_context::attempt_facts facts_of(const child_order& order) {
  task_context::attempt_facts out;
  out.id = order.id;
  out.attempt = order.attempt;
  out.epoch = order.epoch;
  out.checkpoint = order.checkpoint;
  out.self = order.self;
  if (order.deadline_ms > 0) out.deadline = monotonic_now() + milliseconds{order.deadline_ms};
  if (const auto& held = order.lease; held.id)
    out.lease = device_lease{held.id, held.device, held.token, held.compute_units, held.enforcement};
  return out;
}

/// Returns the memory of a task with a cap, null for one without.
std::unique_ptr<arena> memory_of(const child_order& order) {
  return order.memory_cap == 0 ? nullptr : std::make_unique<arena>(order.memory_cap);
}

result<bytes> serve(agent& serves, const child_order& order, child_link& node) {
  const auto capped = memory_of(order);
  child_task_host host{node};
  std::pmr::memory_resource& memory = capped != nullptr ? *capped : *std::pmr::get_default_resource();
  task_context context{facts_of(order), order.payload, host, memory};
  try {
    return serves.handle(context);
  } catch (const memory_exhausted& full) {
    return fail(errc::quota_exceeded, full.what(), "ask for more host_bytes");
  }
}

}  // namespace

int serve_agent_kind(const std::vector<agent_kind>& kinds, std::string_view kind) {
  const auto known = std::ranges::find(kinds, kind, &agent_kind::name);
  if (known == kinds.end() || !known->make) {
    std::fprintf(stderr, "this program has no agents of kind '%.*s'\n", static_cast<int>(kind.size()), kind.data());
    return 2;
  }
  std::unique_ptr<agent> object;
  return serve_agent_child(child_channel_fd, [&](const child_order& order, child_link& node) -> result<bytes> {
    if (!object) object = known->make();
    return serve(*object, order, node);
  });
}

}  // namespace dunlin
