// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/task_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dunlin::net {

namespace {

constexpr std::uint32_t most_tasks = 1'000;
constexpr std::uint64_t hundred_years_s = 3'155'760'000;

result<void> add_states(std::string_view list, std::string_view path, std::vector<task_state>& out) {
  while (true) {
    const auto name = list.substr(0, list.find(','));
    auto state = parse_task_state(name);
    if (!state) return fail(state.error().code, state.error().context, state.error().hint, std::string{path});
    if (std::ranges::find(out, *state) == out.end()) out.push_back(*state);
    if (name.size() == list.size()) return {};
    list.remove_prefix(name.size() + 1);
  }
}

result<std::vector<task_state>> states_of(const http_target& target) {
  std::vector<task_state> out;
  for (const auto& [name, content] : target.query)
    if (name == "status" || name == "state")
      if (auto added = add_states(content, name, out); !added) return fail(added.error());
  return out;
}

}  // namespace

result<std::uint64_t> whole_number(const http_target& target, std::string_view name, std::uint64_t lowest,
                                   std::uint64_t highest, std::uint64_t fallback) {
  const auto* text = target.find(name);
  if (text == nullptr) return fallback;
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed == std::errc{} && end == text->data() + text->size() && number >= lowest && number <= highest)
    return number;
  return fail(errc::invalid_argument, "'" + text->substr(0, 32) + "' is not a number in range",
              "use " + std::to_string(lowest) + " to " + std::to_string(highest), std::string{name});
}

result<task_filter> parse_list_query(const http_target& target) {
  static constexpr std::array<std::string_view, 6> known{"status", "state", "kind", "name", "after", "limit"};
  if (auto only = expect_only(target, known); !only) return fail(only.error());
  task_filter out;
  auto states = states_of(target);
  const auto limit = whole_number(target, "limit", 1, most_tasks, out.limit);
  if (!states) return fail(states.error());
  if (!limit) return fail(limit.error());
  out.states = std::move(*states);
  out.limit = static_cast<std::uint32_t>(*limit);
  if (const auto* kind = target.find("kind")) out.kind = *kind;
  if (const auto* name = target.find("name")) out.name = *name;
  if (const auto* after = target.find("after")) {
    const auto id = parse_task_id(*after);
    if (!id) return fail(id.error().code, id.error().context, id.error().hint, "after");
    out.after = *id;
  }
  return out;
}

result<task_filter> parse_erase_query(const http_target& target, wall_ms now) {
  static constexpr std::array<std::string_view, 3> known{"status", "state", "older_than_s"};
  if (auto only = expect_only(target, known); !only) return fail(only.error());
  if (target.query.empty())
    return fail(errc::missing_field, "which tasks to delete is not said", "give state=..., older_than_s=..., or both");
  auto states = states_of(target);
  const auto age = whole_number(target, "older_than_s", 0, hundred_years_s, 0);
  if (!states) return fail(states.error());
  if (!age) return fail(age.error());
  for (const auto state : *states)
    if (!is_terminal(state))
      return fail(errc::invalid_argument, "a " + std::string{to_string(state)} + " task cannot be deleted",
                  "cancel it first; only ended tasks are deleted", "state");
  task_filter out;
  out.states = std::move(*states);
  out.finished_before = std::max<wall_ms>(1, now - static_cast<wall_ms>(*age) * 1'000 + (*age == 0 ? 1 : 0));
  out.limit = most_tasks;
  return out;
}

}  // namespace dunlin::net
