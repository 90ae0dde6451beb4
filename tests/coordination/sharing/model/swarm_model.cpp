// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/swarm_model.hpp"

#include <algorithm>

namespace dunlin::model {

namespace {

std::string device_name(std::size_t device) { return device == 0 ? "device A" : "device B"; }

}  // namespace

void swarm_model::successors(const swarm_state& from, std::vector<std::pair<move, swarm_state>>& out) {
  for (std::uint8_t device = 0; device < device_count; ++device)
    for (const bool disturbing : {false, true}) {
      if (disturbing && from.left.disturbances == 0) continue;
      for (const auto& [what, to] : table_.edges(from.devices[device], disturbing)) {
        if (what.what == act::ask && !may_ask(from, device, what.who)) continue;
        auto& next = out.emplace_back(move{move::kind::at_device, device, what}, from).second;
        next.devices[device] = to;
        if (disturbing) --next.left.disturbances;
      }
    }
  for (std::uint8_t agent = 0; agent < agent_count && from.left.disturbances > 0; ++agent) {
    const auto lives = [&](device_number one) { return !table_.at(one).is_away(agent); };
    if (std::ranges::any_of(from.devices, lives))
      out.emplace_back(move{move::kind::death, 0, {act::die, agent}}, after_death(from, agent));
  }
  if (from.left.waits == 0) return;
  if (const auto time = due_in(from).value_or(0ns); time > 0ns)
    out.emplace_back(move{move::kind::wait, 0, {}}, after_waiting(from, time));
}

/// Devices are taken in their order: nobody asks for one while it has, or waits for, a later one.
bool swarm_model::may_ask(const swarm_state& from, std::size_t device, std::uint8_t agent) const {
  for (std::size_t other = 0; other < device_count; ++other) {
    const auto& there = table_.at(from.devices[other]);
    if (other > device && !there.is_away(agent)) return false;
    if (other < device && !there.is_away(agent) && !there.holds(agent)) return false;
  }
  return true;
}

std::optional<duration> swarm_model::due_in(const swarm_state& from) const {
  std::optional<duration> first;
  for (const auto number : from.devices)
    if (const auto due = table_.at(number).due_in(); due && (!first || *due < *first)) first = due;
  return first;
}

swarm_state swarm_model::after_death(const swarm_state& from, std::uint8_t agent) {
  auto out = from;
  for (auto& device : out.devices)
    if (!table_.at(device).is_away(agent)) device = table_.after(device, {act::die, agent});
  --out.left.disturbances;
  return out;
}

swarm_state swarm_model::after_waiting(const swarm_state& from, duration time) {
  auto out = from;
  for (auto& device : out.devices) device = table_.after_waiting(device, time);
  --out.left.waits;
  return out;
}

std::optional<std::pair<move, swarm_state>> swarm_model::next_towards_rest(const swarm_state& from) {
  for (const auto kind : {act::deliver, act::end_step, act::release})
    for (std::uint8_t device = 0; device < device_count; ++device)
      for (std::uint8_t agent = 0; agent < agent_count; ++agent) {
        const event what{kind, agent};
        const auto& here = table_.at(from.devices[device]);
        // A step that is ready is waited for: its turn has to come.
        if (!here.can(what) || (kind == act::release && here.has_step(agent))) continue;
        auto next = from;
        next.devices[device] = table_.after(from.devices[device], what);
        return std::pair{move{move::kind::at_device, device, what}, next};
      }
  return std::nullopt;
}

std::string swarm_model::wrong(const swarm_state& state) const {
  for (std::size_t device = 0; device < device_count; ++device)
    if (const auto& what = table_.at(state.devices[device]).wrong(); !what.empty())
      return device_name(device) + ": " + what;
  return {};
}

std::string swarm_model::unrest(const swarm_state& state) const {
  for (std::size_t device = 0; device < device_count; ++device)
    if (const auto what = table_.at(state.devices[device]).unrest(); !what.empty())
      return device_name(device) + ": " + what;
  return {};
}

std::string swarm_model::story_of(const std::vector<move>& moves) const {
  std::array<device_model, device_count> devices{device_model{device_, broken_}, device_model{device_, broken_}};
  std::string out = "devices shared " + to_string(device_) + "\n";
  int number = 0;
  for (const auto& one : moves) {
    const auto line = [&](std::size_t device) {
      std::vector<std::string> said;
      devices.at(device).happen(one.happens, &said);
      out += std::to_string(++number) + ". " + device_name(device) + ": " + to_string(one.happens) + "\n";
      for (const auto& what : said) out += "     " + what + "\n";
      if (!devices.at(device).wrong().empty()) out += "     WRONG: " + devices.at(device).wrong() + "\n";
    };
    if (one.what == move::kind::at_device) line(one.device);
    if (one.what == move::kind::death)
      for (std::size_t device = 0; device < device_count; ++device)
        if (!devices.at(device).is_away(one.happens.who)) line(device);
    if (one.what != move::kind::wait) continue;
    auto time = duration::max();
    for (const auto& device : devices) time = std::min(time, device.due_in().value_or(time));
    for (auto& device : devices) device.wait(time);
    out += std::to_string(++number) + ". " + std::to_string(time / 1ms) + " ms pass\n";
  }
  return out;
}

}  // namespace dunlin::model
