// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/gateway.hpp"

#include <exception>

#include "net/gateway/routes.hpp"

namespace dunlin::net {

namespace {

/// A page of another origin can send a form or plain text without asking; it cannot send JSON.
bool is_json(std::string_view content_type) noexcept {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type == "application/json";
}

void start(exchange& call) {
  auto target = parse_target(call.request().target);
  if (!target) return call.refuse(target.error());
  call.target = std::move(*target);
  if (call.request().body.empty() || is_json(call.request().content_type)) return run_route(call);
  auto out =
      refusal(error{errc::wrong_type, "the body is not declared as JSON", "send 'Content-Type: application/json'"});
  out.status = 415;
  call.answer(std::move(out));
}

}  // namespace

gateway::gateway(service& swarm, std::shared_ptr<poster> home, std::function<wall_ms()> now)
    : context_{swarm, std::move(home), std::move(now), {}} {}

std::shared_ptr<exchange> gateway::handle(http_request request, exchange::reply_function reply) {
  auto call = std::make_shared<exchange>(context_, std::move(request), std::move(reply));
  try {
    start(*call);
  } catch (const std::exception& broken) {
    call->refuse(error{errc::internal, std::string{"the request could not be handled: "} + broken.what()});
  }
  return call;
}

}  // namespace dunlin::net
