// SPDX-License-Identifier: Apache-2.0
#include "actors/agent_host.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>

#include "actors/node/child_questions.hpp"
#include "actors/process/serve_agent_child.hpp"

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

 private:
  child_link& node_;
};

task_context::attempt_facts facts_of(const child_order& order) {
  task_context::attempt_facts out;
  out.id = order.id;
  out.attempt = order.attempt;
  out.epoch = order.epoch;
  out.checkpoint = order.checkpoint;
  if (order.deadline_ms > 0) out.deadline = monotonic_now() + milliseconds{order.deadline_ms};
  return out;
}

}  // namespace

int serve_agent_kind(const std::vector<agent_kind>& kinds, std::string_view kind) {
  const auto known = std::ranges::find(kinds, kind, &agent_kind::name);
  if (known == kinds.end() || !known->make) {
    std::fprintf(stderr, "this program has no agents of kind '%.*s'\n", static_cast<int>(kind.size()), kind.data());
    return 2;
  }
  std::unique_ptr<agent> serves;
  return serve_agent_child(child_channel_fd, [&](const child_order& order, child_link& node) -> result<bytes> {
    if (!serves) serves = known->make();
    child_task_host host{node};
    task_context context{facts_of(order), order.payload, host, *std::pmr::get_default_resource()};
    return serves->handle(context);
  });
}

}  // namespace dunlin
