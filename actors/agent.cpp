// SPDX-License-Identifier: Apache-2.0
#include "actors/agent.hpp"

#include <algorithm>
#include <utility>

#include "gpu/kernels/share_kernels.hpp"

namespace dunlin {

result<stage_host*> task_host::join_stage(const std::string&) {
  return fail(errc::not_supported, "this handler cannot wait for items", "declare the kind with isolation thread");
}

result<std::unique_ptr<collective_seat>> task_host::join_group(const group_wish&,
                                                               std::function<kernel_backend&()> kernels) {
  [[maybe_unused]] const auto unused = std::move(kernels);
  return fail(errc::not_supported, "this handler cannot wait for other members of a group",
              "declare the kind with isolation thread");
}

task_context::task_context(attempt_facts facts, bytes payload, task_host& host, std::pmr::memory_resource& memory)
    : facts_(std::move(facts)), payload_(std::move(payload)), host_(host), memory_(memory) {}

task_context::~task_context() = default;

kernel_backend& task_context::kernels() { return facts_.device != nullptr ? facts_.device->kernels() : host_kernels(); }

kernel_backend& task_context::host_kernels() {
  if (kernels_ == nullptr) kernels_ = std::make_unique<share_kernels>();
  const bool has_cores = facts_.lease && facts_.device == nullptr;
  return kernels_->here(has_cores ? facts_.lease->compute_units : 0, facts_.plain_kernels);
}

std::optional<duration> task_context::time_left() const noexcept {
  if (!facts_.deadline) return std::nullopt;
  return std::max(duration::zero(), *facts_.deadline - host_.now());
}

void task_context::progress(int percent, std::string message, std::uint64_t items_done, std::uint64_t items_total) {
  host_.report({static_cast<std::uint8_t>(std::clamp(percent, 0, 100)), std::move(message), items_done, items_total});
}

result<void> task_context::next_step() {
  if (host_.cancelled()) return fail(errc::cancelled, "the task was stopped");
  auto lease = host_.next_step();
  if (!lease) return fail(std::move(lease.error()));
  if (*lease) facts_.lease = std::move(*lease);
  return {};
}

result<pipeline_stage> task_context::join_stage(const std::string& stage) {
  auto joined = host_.join_stage(stage);
  if (!joined) return fail(std::move(joined.error()));
  return pipeline_stage{*this, **joined};
}

result<std::unique_ptr<collective_seat>> task_context::join_group(const group_wish& wish) {
  return host_.join_group(wish, [this]() -> kernel_backend& { return host_kernels(); });
}

void task_context::see_lease() {
  if (auto newer = host_.newer_lease()) facts_.lease = std::move(newer);
}

result<void> task_context::save_checkpoint(bytes state) {
  const auto limit = std::min(max_inline_bytes, max_grant_bytes - std::min(max_grant_bytes, payload_.size()));
  if (state.size() > limit)
    return fail(errc::too_large, "a checkpoint of " + std::to_string(state.size()) + " bytes",
                "beside this payload, at most " + std::to_string(limit) + " are kept");
  host_.save_checkpoint(std::move(state));
  return {};
}

result<bytes> agent::receive(const agent_message& message) {
  return fail(errc::not_supported, "this agent takes no messages, got '" + std::string{message.type} + "'");
}

}  // namespace dunlin
