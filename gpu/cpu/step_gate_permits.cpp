// SPDX-License-Identifier: Apache-2.0
// What the gate does where other processes work on the device as well.
#include <utility>

#include "gpu/cpu/step_gate.hpp"
#include "gpu/cpu/step_session.hpp"

namespace dunlin {

void step_gate::need_permits(std::function<void()> on_news) {
  const std::lock_guard lock{mutex_};
  turns_.need_permits();
  on_news_ = std::move(on_news);
}

void step_gate::permit(const std::vector<lane_permit>& opened, const std::vector<fencing_token>& closed,
                       std::optional<time_point> valid_until) {
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    auto& permits = turns_.permits();
    if (!permits) return;
    if (valid_until) permits->valid_until(*valid_until);
    for (const auto& turn : opened) permits->open(turn);
    for (const auto serial : closed) permits->close(serial);
    begin_steps(woken);
  }
  for (const auto& one : woken) one->changed.notify_one();
}

gate_news step_gate::take_news() {
  const std::lock_guard lock{mutex_};
  return std::exchange(news_, {});
}

result<void> step_gate::begin_whole(agent_id holder) {
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    const auto found = places_.find(holder);
    if (found == places_.end())
      return fail(errc::not_holder, "agent " + std::to_string(holder.value) + " has no share of this device");
    if (auto here = turns_.arrive(holder, found->second->contract.token); !here) return here;
    found->second->whole = true;
    note_at_work(holder, true);
    begin_steps(woken);
  }
  for (const auto& one : woken) one->changed.notify_one();
  return {};
}

void step_gate::begin_elsewhere(agent_id holder, place& own) {
  own.began_at = wall_now();
  news_.begun.emplace_back(holder, own.contract.id);
  if (on_news_) on_news_();
}

void step_gate::note_at_work(agent_id holder, bool at_work) {
  if (!on_news_) return;
  news_.at_work.emplace_back(holder, at_work);
  on_news_();
}

void step_gate::note_spent() {
  const auto before = news_.spent.size();
  turns_.permits()->take_spent(news_.spent);
  if (news_.spent.size() > before) on_news_();
}

}  // namespace dunlin
