// SPDX-License-Identifier: Apache-2.0
#include "net/http/client.hpp"

#include <utility>

#include "net/http/event_reader.hpp"
#include "net/http/wire.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

/// Source: RFC 3986, section 2.3 (unreserved characters).
std::string escaped(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      ((out += '%') += hex[code >> 4U]) += hex[code & 15U];
  }
  return out;
}

std::string task_path(task_id id) { return "/v1/tasks/" + to_string(id); }

std::string state_list(const std::vector<task_state>& states) {
  std::string out;
  for (const auto state : states) (out += out.empty() ? "" : ",") += to_string(state);
  return out;
}

std::string query_of(const task_filter& filter) {
  auto out = "?limit=" + std::to_string(filter.limit);
  if (!filter.states.empty()) out += "&state=" + state_list(filter.states);
  if (!filter.kind.empty()) out += "&kind=" + escaped(filter.kind);
  if (!filter.name.empty()) out += "&name=" + escaped(filter.name);
  if (filter.after) out += "&after=" + to_string(filter.after);
  return out;
}

error error_of(const wire_answer& answer) {
  if (auto told = json::parse_as<error>(answer.body); told && told->code != errc::none) return std::move(*told);
  return error{errc::protocol_violation,
               "the server answered " + std::to_string(answer.status) + " without an error of ours",
               "is this the swarm's HTTP port?"};
}

/// One watch over as many streams as it takes.
struct watch_progress {
  task_watcher& watcher;
  std::uint64_t after;
  bool over = false;
  result<void> outcome;

  bool fail_with(error why) {
    over = true;
    outcome = fail(std::move(why));
    return false;
  }
  template <class T, class Tell>
  bool tell(const std::string& data, Tell tell_it) {
    const auto read = json::parse_as<T>(data);
    if (!read) return fail_with(error{errc::protocol_violation, "an event cannot be read: " + read.error().context});
    over = !tell_it(*read);
    return !over;
  }
  bool on(const server_event& event) {
    if (event.name == "end") over = true;
    if (event.name == "end") return false;
    if (event.name == "error") return fail_with(json::parse_as<error>(event.data).value_or(error{}));
    if (event.name == "progress")
      return tell<task_progress>(event.data, [&](const task_progress& now) { return watcher.on_progress(now); });
    return tell<task_event>(event.data, [&](const task_event& next) {
      after = next.sequence;
      return watcher.on_event(next);
    });
  }
};

}  // namespace

struct http_client::state {
  wire line;

  /// Returns the body of a 2xx answer.
  result<std::string> text(const wire_request& request) {
    auto answer = line.ask(request);
    if (!answer) return fail(answer.error());
    if (answer->status / 100 != 2) return fail(error_of(*answer));
    return std::move(answer->body);
  }

  template <class T>
  result<T> read(const wire_request& request) {
    const auto body = text(request);
    if (!body) return fail(body.error());
    auto value = json::parse_as<T>(*body);
    if (!value)
      return fail(errc::protocol_violation, "the server's answer cannot be read: " + value.error().context,
                  "client and server may differ in version");
    return value;
  }

  result<void> order(const std::string& target, std::string body = {}) {
    const auto done = text({.method = "POST", .target = target, .body = std::move(body)});
    if (!done) return fail(done.error());
    return {};
  }
};

http_client::http_client(client_config config) : state_(new state{wire{std::move(config)}}) {}
http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;

result<std::vector<submit_answer>> http_client::submit(const std::vector<task_spec>& specs) {
  return state_->read<json::answer_page>({"POST", "/v1/tasks", json::to_json(specs)}).map([](json::answer_page page) {
    return std::move(page.tasks);
  });
}

result<task_record> http_client::find(task_id id) { return state_->read<task_record>({"GET", task_path(id), {}}); }

result<json::task_page> http_client::list(const task_filter& filter) {
  return state_->read<json::task_page>({"GET", "/v1/tasks" + query_of(filter), {}});
}

result<std::vector<task_event>> http_client::events(task_id id, std::uint64_t after, std::uint32_t limit) {
  const auto query = "/events?after=" + std::to_string(after) + "&limit=" + std::to_string(limit);
  return state_->read<json::event_page>({"GET", task_path(id) + query, {}}).map([](json::event_page page) {
    return std::move(page.events);
  });
}

result<void> http_client::watch(task_id id, std::uint64_t after, task_watcher& watcher) {
  watch_progress now{watcher, after, false, {}};
  while (!now.over) {
    event_reader reader;
    wire_request request{"GET", task_path(id) + "/events?after=" + std::to_string(now.after), {}, "text/event-stream"};
    const auto answer = state_->line.follow(request, [&](std::string_view text) {
      if (auto fed = reader.feed(text); !fed) return now.fail_with(std::move(fed.error()));
      while (const auto event = reader.next())
        if (!now.on(*event)) return false;
      return true;
    });
    if (!answer) return fail(answer.error());
    if (answer->status != 200) return fail(error_of(*answer));
  }
  return std::move(now.outcome);
}

result<task_record> http_client::cancel(task_id id) {
  return state_->read<task_record>({"POST", task_path(id) + "/cancel", {}});
}

result<std::uint64_t> http_client::erase(task_id id) {
  return state_->read<json::erased>({"DELETE", task_path(id), {}}).map([](json::erased done) { return done.count; });
}

result<std::uint64_t> http_client::erase(const std::vector<task_state>& states, std::chrono::seconds age) {
  auto target = "/v1/tasks?older_than_s=" + std::to_string(age.count());
  if (!states.empty()) target += "&state=" + state_list(states);
  return state_->read<json::erased>({"DELETE", target, {}}).map([](json::erased done) { return done.count; });
}

result<task_explanation> http_client::explain(task_id id) {
  return state_->read<task_explanation>({"GET", task_path(id) + "/explain", {}});
}

result<std::vector<node_view>> http_client::nodes() {
  return state_->read<json::node_page>({"GET", "/v1/nodes", {}}).map([](json::node_page page) {
    return std::move(page.nodes);
  });
}

result<std::vector<agent_view>> http_client::agents() {
  return state_->read<json::agent_page>({"GET", "/v1/agents", {}}).map([](json::agent_page page) {
    return std::move(page.agents);
  });
}

result<std::vector<lease_view>> http_client::leases() {
  return state_->read<json::lease_page>({"GET", "/v1/leases", {}}).map([](json::lease_page page) {
    return std::move(page.leases);
  });
}

result<std::vector<lock_view>> http_client::locks() {
  return state_->read<json::lock_page>({"GET", "/v1/locks", {}}).map([](json::lock_page page) {
    return std::move(page.locks);
  });
}

result<std::vector<device_view>> http_client::devices() {
  return state_->read<json::device_page>({"GET", "/v1/devices", {}}).map([](json::device_page page) {
    return std::move(page.devices);
  });
}

result<std::string> http_client::metrics() { return state_->text({"GET", "/metrics", {}}); }

result<std::string> http_client::readiness() {
  const auto answer = state_->line.ask({"GET", "/readyz", {}});
  if (!answer) return fail(answer.error());
  const auto health = json::parse_as<json::health>(answer->body);
  if (!health || health->status.empty()) return fail(error_of(*answer));
  if (health->status != "ready" && health->reason.empty()) return health->status;
  return health->reason;
}

result<void> http_client::coordinate(const std::string& node, const coordinate_order& order) {
  return state_->order("/v1/nodes/" + escaped(node) + "/coordinate", json::to_json(order));
}

result<void> http_client::drain(const std::string& node) {
  return state_->order("/v1/nodes/" + escaped(node) + "/drain");
}

result<void> http_client::shut_down() { return state_->order("/v1/shutdown"); }

}  // namespace dunlin::net
