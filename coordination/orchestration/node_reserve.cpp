// SPDX-License-Identifier: Apache-2.0
// Tasks that have reserved their share of a device: it is kept for a stand-in until its time has come and the task has
// an agent.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/orchestration/node_rows.hpp"

namespace dunlin {

namespace {

/// No agent of a node has such a number.
constexpr std::uint64_t first_stand_in = std::uint64_t{1} << 63;

constexpr std::uint8_t before_all_others = 10;

}  // namespace

void node_dispatch::reserve(std::uint32_t index, time_point now, node_effects& out) {
  auto& row = waiting_[index];
  const auto& [starts_in, lasts] = row.grant.reserved.front();
  row.stand_in = {first_stand_in + ++stand_ins_};
  row.begins = now + starts_in;
  row.awaits_begin = true;
  reserving_.push_back(index);
  const auto ask =
      wanted_lease(row.stand_in, device_of(shapes_.at(row.shape)), shapes_.at(row.shape), row.grant.variant, true);
  out.push_back(reserve_share{ask, row.grant.id, row.begins, row.begins + lasts});
}

waiting_task* node_dispatch::find_reserving(agent_id stand_in) noexcept {
  const auto at = std::ranges::find_if(reserving_, [&](auto index) { return waiting_[index].stand_in == stand_in; });
  return at == reserving_.end() ? nullptr : &waiting_[*at];
}

void node_dispatch::on_reserved(agent_id stand_in) {
  if (auto* row = find_reserving(stand_in)) row->is_reserved = true;
}

void node_dispatch::on_reservation_refused(agent_id stand_in, const error& why) {
  const auto* row = find_reserving(stand_in);
  if (row == nullptr) return;
  refuse({row->grant.id, row->grant.epoch}, why.code, "its share could not be reserved: " + to_string(why));
  unpark(static_cast<std::uint32_t>(row - waiting_.data()));
}

/// Whose time has come takes the next agent: its share stands idle meanwhile.
void node_dispatch::begin_reserved(time_point now) {
  std::erase_if(reserving_, [&](std::uint32_t index) {
    auto& row = waiting_[index];
    if (!row.is_reserved || now < row.begins) return false;
    row.awaits_begin = false;
    ready_.push({index, row.generation}, row.shape, before_all_others, row.since);
    return true;
  });
}

void node_dispatch::end_reserved(agent_row& row, node_effects& out) {
  if (std::exchange(row.reserved, false)) out.push_back(end_reservation{row.id(), row.device});
}

/// The task leaves without having met an agent.
void node_dispatch::withdraw(std::uint32_t index, node_effects& out) {
  const auto gone = unpark(index);
  if (gone.stand_in) out.push_back(end_reservation{gone.stand_in, device_of(shapes_.at(gone.shape))});
}

}  // namespace dunlin
