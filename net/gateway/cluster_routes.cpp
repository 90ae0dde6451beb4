// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "net/gateway/prometheus_text.hpp"
#include "net/gateway/routes.hpp"
#include "net/gateway/short_forms.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

void health(exchange& call) { call.answer(json_answer(json::to_json(json::health{"ok", {}}))); }

void readiness(exchange& call) {
  call.swarm().readiness(call.then<std::string>([](exchange& self, const std::string& missing) {
    if (missing.empty()) return self.answer(json_answer(json::to_json(json::health{"ready", {}})));
    auto out = json_answer(json::to_json(json::health{"not_ready", missing}), 503);
    out.headers.emplace_back("Retry-After", "1");
    self.answer(std::move(out));
  }));
}

void metrics(exchange& call) {
  call.swarm().metrics(call.then<metric_snapshot>([](exchange& self, metric_snapshot& snapshot) {
    self.context().counters.append_to(snapshot);
    http_answer out;
    out.content_type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = prometheus_text(snapshot);
    self.answer(std::move(out));
  }));
}

void short_gpus(exchange& call) { call.swarm().devices(call.answer_with<std::vector<device_view>>(short_devices)); }

void nodes(exchange& call) {
  call.swarm().nodes(call.answer_with<std::vector<node_view>>(
      [](std::vector<node_view>& seen) { return json::to_json(json::node_page{std::move(seen)}); }));
}

void agents(exchange& call) {
  call.swarm().agents(call.answer_with<std::vector<agent_view>>(
      [](std::vector<agent_view>& seen) { return json::to_json(json::agent_page{std::move(seen)}); }));
}

void devices(exchange& call) {
  call.swarm().devices(call.answer_with<std::vector<device_view>>(
      [](std::vector<device_view>& seen) { return json::to_json(json::device_page{std::move(seen)}); }));
}

std::string leases_of(std::vector<device_view>& seen) {
  json::lease_page out;
  for (auto& view : seen)
    for (auto& contract : view.sharing.contracts)
      out.leases.push_back({view.node, view.device.id, std::move(contract)});
  return json::to_json(out);
}

void leases(exchange& call) { call.swarm().devices(call.answer_with<std::vector<device_view>>(leases_of)); }

void locks(exchange& call) {
  call.swarm().locks(call.answer_with<std::vector<lock_view>>(
      [](std::vector<lock_view>& seen) { return json::to_json(json::lock_page{std::move(seen)}); }));
}

/// 202: the work has been asked for, not finished.
void accept(exchange& self) { self.answer(json_answer(json::to_json(json::health{"draining", {}}), 202)); }

void drain(exchange& call) {
  if (!is_valid_name(call.parameter))
    return call.refuse(error{errc::invalid_argument, "'" + call.parameter.substr(0, 64) + "' is not a node's name",
                             "names have 1 to 64 of A-Za-z0-9._-", "name"});
  call.swarm().drain(call.parameter, call.then<void>(accept));
}

/// 202: the node has been told, not yet obeyed.
void coordinate(exchange& call) {
  auto order = json::parse_coordinate_order(call.request().body);
  if (!order) return call.refuse(order.error());
  call.swarm().coordinate(call.parameter, std::move(*order), call.then<void>([](exchange& self) {
    self.answer(json_answer(json::to_json(json::health{"told", {}}), 202));
  }));
}

void shut_down(exchange& call) { call.swarm().shut_down(call.then<void>(accept)); }

/// These addresses take no query.
template <void (*Handle)(exchange&)>
void plain(exchange& call) {
  if (const auto only = expect_only(call.target, {}); !only) return call.refuse(only.error());
  Handle(call);
}

constexpr std::array<route, 12> table{{
    {"GET", "/healthz", health},
    {"GET", "/readyz", readiness},
    {"GET", "/metrics", metrics},
    {"GET", "/gpus", plain<short_gpus>},
    {"GET", "/v1/nodes", plain<nodes>},
    {"POST", "/v1/nodes/{}/drain", plain<drain>},
    {"POST", "/v1/nodes/{}/coordinate", plain<coordinate>},
    {"GET", "/v1/agents", plain<agents>},
    {"GET", "/v1/devices", plain<devices>},
    {"GET", "/v1/leases", plain<leases>},
    {"GET", "/v1/locks", plain<locks>},
    {"POST", "/v1/shutdown", plain<shut_down>},
}};

}  // namespace

std::span<const route> cluster_routes() { return table; }

}  // namespace dunlin::net
