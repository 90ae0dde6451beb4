// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/wait_queue.hpp"

namespace dunlin {

void wait_queue::push(const waiting_request& wanted) {
  const auto& asked = wanted.request;
  const order_key key{wanted.since - aging_step_ * wanted.priority, ++arrivals_};
  in_order_.emplace(key, wanted);
  if (wanted.gives_up != time_point::max()) by_end_.emplace(wanted.gives_up, asked.holder);
  by_holder_.emplace(asked.holder, key);
  ++of_priority_[wanted.priority];
}

const waiting_request* wait_queue::find(agent_id holder) const {
  const auto at = by_holder_.find(holder);
  return at == by_holder_.end() ? nullptr : &in_order_.at(at->second);
}

void wait_queue::set_priority(agent_id holder, std::uint8_t priority) {
  const auto at = by_holder_.find(holder);
  if (at == by_holder_.end()) return;
  auto node = in_order_.extract(at->second);
  auto& wanted = node.mapped();
  --of_priority_[wanted.priority];
  ++of_priority_[priority];
  wanted.priority = priority;
  at->second.first = wanted.since - aging_step_ * priority;
  node.key() = at->second;
  in_order_.insert(std::move(node));
}

std::optional<waiting_request> wait_queue::erase(agent_id holder) {
  const auto at = by_holder_.find(holder);
  if (at == by_holder_.end()) return std::nullopt;
  auto node = in_order_.extract(at->second);
  by_end_.erase({node.mapped().gives_up, holder});
  by_holder_.erase(at);
  --of_priority_[node.mapped().priority];
  return node.mapped();
}

std::optional<waiting_request> wait_queue::pop_impatient(time_point now) {
  const auto end = next_end();
  return end && *end <= now ? erase(by_end_.begin()->second) : std::nullopt;
}

std::optional<time_point> wait_queue::next_end() const {
  return by_end_.empty() ? std::nullopt : std::optional{by_end_.begin()->first};
}

std::uint8_t wait_queue::highest_priority() const noexcept {
  for (auto priority = of_priority_.size() - 1; priority > 0; --priority)
    if (of_priority_[priority] != 0) return static_cast<std::uint8_t>(priority);
  return 0;
}

}  // namespace dunlin
