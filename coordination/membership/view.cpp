// SPDX-License-Identifier: Apache-2.0
#include "coordination/membership/view.hpp"

#include <algorithm>
#include <array>

namespace dunlin {

namespace {

std::string milliseconds_text(duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

error unknown_node(std::string_view name) {
  return error{errc::not_found, "no node is called '" + std::string{name} + "'"};
}

}  // namespace

std::string_view to_string(node_state state) noexcept {
  constexpr std::array<std::string_view, 4> names{"alive", "suspect", "down", "left"};
  return names[static_cast<std::size_t>(state)];
}

membership_view::membership_view(const membership_timing& timing) : timing_(timing) {
  timing_.tick = std::max(timing_.tick, duration{1});
  timing_.max_stretch = std::max(timing_.max_stretch, 1.0);
}

result<join_kind> membership_view::join(std::string_view name, incarnation life, time_point now,
                                        membership_effects& out) {
  if (!is_valid_name(name) || !life)
    return fail(errc::invalid_argument, "a node needs a name and an incarnation", "1 to 64 characters of A-Za-z0-9._-",
                "name");
  auto at = members_.find(name);
  auto kind = join_kind::fresh;
  if (at != members_.end() && at->second.is_member()) {
    auto& known = at->second;
    if (known.life == life) return rejoin(known, now, out);
    if (known.connected && now - known.last_heard < stretched(timing_.suspect_after))
      return fail(errc::duplicate_name,
                  "a node called '" + std::string{name} + "' is alive, heard " +
                      milliseconds_text(now - known.last_heard) + " ago",
                  "give this node another name, or stop the other one");
    end(known, node_state::down, "replaced by a new process of the same name", out);
    kind = join_kind::replaced;
  }
  if (at == members_.end()) at = members_.try_emplace(std::string{name}).first;
  at->second = {std::string{name}, life, node_state::alive, false, true, now, now, {}};
  forget_oldest();
  return kind;
}

join_kind membership_view::rejoin(cluster_member& known, time_point now, membership_effects& out) {
  known.connected = true;
  note_alive(known, now, out);
  return join_kind::rejoined;
}

void membership_view::note_alive(cluster_member& who, time_point now, membership_effects& out) {
  who.last_heard = std::max(who.last_heard, now);
  if (who.state != node_state::suspect) return;
  who.state = node_state::alive;
  out.emplace_back(node_back{who.name, who.life});
}

result<void> membership_view::heard(std::string_view name, incarnation life, time_point now, membership_effects& out) {
  const auto at = members_.find(name);
  if (at == members_.end()) return fail(unknown_node(name));
  auto& who = at->second;
  if (who.life != life)
    return fail(errc::fenced_off, "another process now has the name '" + who.name + "'", "join under another name");
  if (!who.is_member())
    return fail(errc::fenced_off, "'" + who.name + "' is " + std::string{to_string(who.state)} + ": " + who.reason,
                "join again");
  note_alive(who, now, out);
  return {};
}

void membership_view::connection_lost(std::string_view name, incarnation life) {
  if (auto* who = find_life(name, life)) who->connected = false;
}

void membership_view::redial_failed(std::string_view name, incarnation life, std::string_view cause,
                                    membership_effects& out) {
  auto* who = find_life(name, life);
  if (who == nullptr || who->connected) return;
  end(*who, node_state::down, "connection lost and redial failed: " + std::string{cause}, out);
}

void membership_view::leaving(std::string_view name, incarnation life, std::string_view why, membership_effects& out) {
  if (auto* who = find_life(name, life)) end(*who, node_state::left, std::string{why}, out);
}

result<void> membership_view::drain(std::string_view name) {
  const auto at = members_.find(name);
  if (at == members_.end() || !at->second.is_member()) return fail(unknown_node(name));
  at->second.draining = true;
  return {};
}

void membership_view::tick(time_point now, membership_effects& out) {
  measure_lateness(now);
  for (auto& [name, who] : members_)
    if (who.is_member()) judge(who, now, out);
  forget_oldest();
}

void membership_view::measure_lateness(time_point now) {
  if (last_tick_) {
    const auto late = std::max(now - *last_tick_ - timing_.tick, duration{0});
    const auto late_ticks = static_cast<double>(late.count()) / static_cast<double>(timing_.tick.count());
    const auto recovering = 1 + (stretch_ - 1) / 2;
    if (1 + late_ticks > timing_.max_stretch) excuse_silence(now);
    stretch_ = std::min(std::max(1 + late_ticks, recovering), timing_.max_stretch);
  }
  last_tick_ = now;
}

void membership_view::excuse_silence(time_point now) {
  for (auto& [name, who] : members_)
    if (who.is_member()) who.last_heard = now;
}

void membership_view::judge(cluster_member& who, time_point now, membership_effects& out) {
  const auto silent = now - who.last_heard;
  if (silent >= stretched(timing_.down_after))
    return end(who, node_state::down, "silent for " + milliseconds_text(silent), out);
  if (who.state != node_state::alive || silent < stretched(timing_.suspect_after)) return;
  who.state = node_state::suspect;
  out.emplace_back(node_suspect{who.name, who.life, silent});
}

void membership_view::end(cluster_member& who, node_state how, std::string reason, membership_effects& out) {
  who.state = how;
  who.connected = false;
  who.reason = std::move(reason);
  if (how == node_state::down)
    out.emplace_back(node_down{who.name, who.life, who.reason});
  else
    out.emplace_back(node_left{who.name, who.life, who.reason});
}

void membership_view::forget_oldest() {
  const auto ended = static_cast<std::size_t>(
      std::ranges::count_if(members_, [](const auto& entry) { return !entry.second.is_member(); }));
  for (auto over = ended; over > timing_.max_remembered; --over) {
    auto oldest = members_.end();
    for (auto at = members_.begin(); at != members_.end(); ++at)
      if (!at->second.is_member() && (oldest == members_.end() || at->second.last_heard < oldest->second.last_heard))
        oldest = at;
    members_.erase(oldest);
  }
}

duration membership_view::stretched(duration timeout) const noexcept {
  return duration{static_cast<duration::rep>(static_cast<double>(timeout.count()) * stretch_)};
}

cluster_member* membership_view::find_life(std::string_view name, incarnation life) {
  const auto at = members_.find(name);
  return at != members_.end() && at->second.life == life && at->second.is_member() ? &at->second : nullptr;
}

const cluster_member* membership_view::find(std::string_view name) const {
  const auto at = members_.find(name);
  return at == members_.end() ? nullptr : &at->second;
}

std::vector<cluster_member> membership_view::list() const {
  std::vector<cluster_member> out;
  out.reserve(members_.size());
  for (const auto& [name, who] : members_) out.push_back(who);
  return out;
}

}  // namespace dunlin
