// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sqlite/ledger.hpp"

#include "tests/store/store_rig.hpp"
#include "tests/store/task_samples.hpp"

namespace dunlin::testing {

namespace {

constexpr std::uint64_t counter = 1;  // task number of the counter; entry n has 2n + 2 and 2n + 3

task_record half(std::uint64_t number, std::size_t payload_bytes) {
  auto out = task(number);
  out.spec.payload.assign(payload_bytes, static_cast<std::byte>(number));
  return out;
}

bool is_intact(const task_record& record) {
  const auto& payload = record.spec.payload;
  return record == half(record.id.high, payload.size()) && !payload.empty();
}

}  // namespace

transaction ledger_entry(std::uint32_t number, std::size_t payload_bytes) {
  const auto first = std::uint64_t{number} * 2 + 2;
  transaction out;
  if (number == 0) out.writes.push_back(insert(task(counter)));
  out.writes.push_back(insert(half(first, payload_bytes)));
  out.writes.emplace_back(grant(counter, number));
  out.writes.push_back(insert(half(first + 1, payload_bytes)));
  return out;
}

ledger_state read_ledger(store_port& store) {
  ledger_state out;
  std::uint32_t counted = 0;
  std::set<std::uint32_t> halves;
  const auto take = [&](task_record&& record) {
    if (record.id.high == counter) return void(counted = record.status.attempt);
    if (!is_intact(record)) out.fault = "task " + std::to_string(record.id.high) + " is not what was stored";
    const auto number = static_cast<std::uint32_t>(record.id.high / 2 - 1);
    if (record.id.high % 2 == 0)
      halves.insert(number);
    else if (halves.erase(number) == 1)
      out.entries.insert(number);
    else
      out.fault = "entry " + std::to_string(number) + " lacks its first half";
  };
  if (const auto visited = store.visit_all(take); !visited) out.fault = to_string(visited.error());
  if (!halves.empty()) out.fault = "entry " + std::to_string(*halves.begin()) + " lacks its second half";
  const auto newest = out.entries.empty() ? 0 : *out.entries.rbegin();
  if (out.fault.empty() && counted != newest)
    out.fault = "the counter is at " + std::to_string(counted) + ", the newest entry is " + std::to_string(newest);
  return out;
}

std::string loss_in(const ledger_state& state, const std::set<std::uint32_t>& acknowledged) {
  if (!state.fault.empty()) return state.fault;
  for (const auto number : acknowledged)
    if (!state.entries.contains(number)) return "acknowledged entry " + std::to_string(number) + " is lost";
  return {};
}

}  // namespace dunlin::testing
