// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/routes.hpp"

#include <array>
#include <vector>

#include "net/json/nearest.hpp"

namespace dunlin::net {

namespace {

/// Matches part by part; the part under `{}` goes to `parameter`.
bool matches(std::string_view pattern, std::string_view path, std::string& parameter) {
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = pattern.substr(0, pattern.find('/', 1));
    const auto given = path.substr(0, path.find('/', 1));
    if (wanted == "/{}" && given.size() > 1)
      parameter = given.substr(1);
    else if (wanted != given)
      return false;
    pattern.remove_prefix(wanted.size());
    path.remove_prefix(given.size());
  }
  return pattern.empty() && path.empty();
}

std::vector<route> all_routes() {
  std::vector<route> out;
  for (const auto table : {task_routes(), cluster_routes()}) out.insert(out.end(), table.begin(), table.end());
  return out;
}

const std::vector<route>& table() {
  static const auto routes = all_routes();
  return routes;
}

void refuse_method(exchange& call, const std::string& allowed) {
  auto out = refusal(
      error{errc::unknown_verb, call.request().method.substr(0, 16) + " is not for this address", "use " + allowed});
  out.headers.emplace_back("Allow", allowed);
  call.answer(std::move(out));
}

void refuse_address(exchange& call) {
  std::vector<std::string_view> patterns;
  for (const auto& each : table()) patterns.push_back(each.pattern);
  const auto best = json::nearest(call.target.path, patterns);
  const auto hint =
      best.empty() ? std::string{"the addresses are in docs/http.md"} : "did you mean " + std::string{best} + "?";
  call.refuse(error{errc::not_found, "there is nothing at " + call.target.path.substr(0, 128), hint});
}

}  // namespace

bool is_open_address(std::string_view target) noexcept {
  auto path = target.substr(0, target.find('?'));
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "/healthz" || path == "/readyz";
}

void run_route(exchange& call) {
  std::string allowed;
  for (const auto& each : table()) {
    if (!matches(each.pattern, call.target.path, call.parameter)) continue;
    call.route = each.pattern;
    if (each.method == call.request().method) return each.handle(call);
    (allowed += allowed.empty() ? "" : ", ") += each.method;
  }
  if (allowed.empty())
    refuse_address(call);
  else
    refuse_method(call, allowed);
}

}  // namespace dunlin::net
