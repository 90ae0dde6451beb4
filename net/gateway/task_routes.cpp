// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "net/gateway/event_stream.hpp"
#include "net/gateway/routes.hpp"
#include "net/gateway/short_forms.hpp"
#include "net/gateway/task_query.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

constexpr std::array<std::string_view, 0> no_parameters{};

/// Runs `go_on(id)` if the path names a task and the query holds nothing but `known`.
template <class GoOn>
void with_task(exchange& call, std::span<const std::string_view> known, GoOn go_on) {
  if (const auto only = expect_only(call.target, known); !only) return call.refuse(only.error());
  const auto id = parse_task_id(call.parameter);
  if (!id) return call.refuse(error{id.error().code, id.error().context, id.error().hint, "id"});
  go_on(*id);
}

json::task_page page_of(std::vector<task_record>& tasks, std::uint32_t limit) {
  json::task_page out{std::move(tasks), {}};
  if (out.tasks.size() >= limit) out.next = out.tasks.back().id;
  return out;
}

template <class Render>
void list_with(exchange& call, Render render) {
  const auto filter = parse_list_query(call.target);
  if (!filter) return call.refuse(filter.error());
  call.swarm().list(*filter, call.answer_with<std::vector<task_record>>(
                                 [limit = filter->limit, render](std::vector<task_record>& tasks) {
                                   return render(page_of(tasks, limit));
                                 }));
}

void list_tasks(exchange& call) {
  list_with(call, [](const json::task_page& page) { return json::to_json(page); });
}

void list_short(exchange& call) { list_with(call, short_tasks); }

void submit_tasks(exchange& call) {
  if (const auto only = expect_only(call.target, no_parameters); !only) return call.refuse(only.error());
  auto specs = json::parse_task_specs(call.request().body);
  if (!specs) return call.refuse(specs.error());
  call.swarm().submit(std::move(*specs), call.then<std::vector<submit_answer>>([](exchange& self, auto& answers) {
    const bool fresh = std::ranges::any_of(answers, [](const submit_answer& each) { return !each.existed; });
    self.answer(json_answer(json::to_json(json::answer_page{std::move(answers)}), fresh ? 201 : 200));
  }));
}

/// Deletes page by page until no task matches or nobody waits for the answer.
void erase_matching(exchange& call, const task_filter& filter, std::uint64_t so_far) {
  if (call.is_over()) return;
  call.swarm().list(filter, call.then<std::vector<task_record>>([filter, so_far](exchange& self, auto& tasks) {
    if (tasks.empty()) return self.answer(json_answer(json::to_json(json::erased{so_far})));
    std::vector<task_id> ids;
    ids.reserve(tasks.size());
    for (const auto& each : tasks) ids.push_back(each.id);
    auto rest = filter;
    rest.after = ids.back();
    self.swarm().erase(std::move(ids), self.then<std::uint64_t>([rest, so_far](exchange& next, std::uint64_t& count) {
      erase_matching(next, rest, so_far + count);
    }));
  }));
}

void erase_tasks(exchange& call) {
  const auto filter = parse_erase_query(call.target, call.context().now());
  if (!filter) return call.refuse(filter.error());
  erase_matching(call, *filter, 0);
}

void find_task(exchange& call) {
  with_task(call, no_parameters, [&](task_id id) {
    call.swarm().find(id, call.answer_with<task_record>([](const task_record& found) { return json::to_json(found); }));
  });
}

void erase_one(exchange& call, task_id id) {
  call.swarm().erase(
      {id}, call.answer_with<std::uint64_t>([](std::uint64_t count) { return json::to_json(json::erased{count}); }));
}

/// A task that had ended is deleted, one that waited too; one that runs is asked to stop, and 202 says so.
void cancel_and_erase(exchange& call, task_id id) {
  auto self = call.shared_from_this();
  const auto on_cancelled = [self, id](task_record& left) {
    if (is_terminal(left.status.state)) return erase_one(*self, id);
    self->answer(json_answer(json::to_json(left), 202));
  };
  const auto on_refused = [self, id](const error& why) {
    if (why.code == errc::conflict) return erase_one(*self, id);
    self->refuse(why);
  };
  call.swarm().cancel(id, at_home<task_record>(call.context().home, on_cancelled, on_refused));
}

void erase_task(exchange& call) {
  static constexpr std::array<std::string_view, 1> known{"cancel"};
  with_task(call, known, [&](task_id id) {
    const auto cancel = whole_number(call.target, "cancel", 0, 1, 0);
    if (!cancel) return call.refuse(cancel.error());
    *cancel == 1 ? cancel_and_erase(call, id) : erase_one(call, id);
  });
}

void cancel_task(exchange& call) {
  with_task(call, no_parameters, [&](task_id id) {
    call.swarm().cancel(id, call.answer_with<task_record>([](const task_record& left) { return json::to_json(left); }));
  });
}

void explain_task(exchange& call) {
  with_task(call, no_parameters, [&](task_id id) {
    call.swarm().explain(
        id, call.answer_with<task_explanation>([](const task_explanation& why) { return json::to_json(why); }));
  });
}

void list_events(exchange& call, task_id id, std::uint64_t after, std::uint32_t limit) {
  call.swarm().events(id, after, limit,
                      call.answer_with<std::vector<task_event>>([after](std::vector<task_event>& events) {
                        const auto next = events.empty() ? after : events.back().sequence;
                        return json::to_json(json::event_page{std::move(events), next});
                      }));
}

void follow_events(exchange& call, task_id id, std::uint64_t after) {
  call.swarm().find(id, call.then<task_record>([id, after](exchange& self, const task_record&) {
    http_answer out;
    out.content_type = "text/event-stream";
    out.stream = std::make_shared<event_stream>(self.swarm(), self.context().home, id, after);
    self.answer(std::move(out));
  }));
}

void task_events(exchange& call) {
  static constexpr std::array<std::string_view, 2> known{"after", "limit"};
  with_task(call, known, [&](task_id id) {
    auto position = call.target;
    if (!call.request().last_event_id.empty())
      position.query.insert(position.query.begin(), {"after", call.request().last_event_id});
    const auto after = whole_number(position, "after", 0, UINT64_MAX, 0);
    const auto limit = whole_number(call.target, "limit", 1, 1'000, 100);
    if (!after) return call.refuse(after.error());
    if (!limit) return call.refuse(limit.error());
    if (call.request().accept.find("text/event-stream") != std::string::npos) return follow_events(call, id, *after);
    list_events(call, id, *after, static_cast<std::uint32_t>(*limit));
  });
}

constexpr std::array<route, 9> table{{
    {"GET", "/tasks", list_short},
    {"POST", "/v1/tasks", submit_tasks},
    {"GET", "/v1/tasks", list_tasks},
    {"DELETE", "/v1/tasks", erase_tasks},
    {"GET", "/v1/tasks/{}", find_task},
    {"DELETE", "/v1/tasks/{}", erase_task},
    {"GET", "/v1/tasks/{}/events", task_events},
    {"GET", "/v1/tasks/{}/explain", explain_task},
    {"POST", "/v1/tasks/{}/cancel", cancel_task},
}};

}  // namespace

std::span<const route> task_routes() { return table; }

}  // namespace dunlin::net
