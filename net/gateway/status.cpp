// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/status.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/gateway/message.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

constexpr std::array statuses{
    std::pair{errc::malformed, 400U},
    std::pair{errc::wrong_type, 400U},
    std::pair{errc::unknown_field, 400U},
    std::pair{errc::missing_field, 400U},
    std::pair{errc::protocol_violation, 400U},
    std::pair{errc::unauthorised, 401U},
    std::pair{errc::forbidden, 403U},
    std::pair{errc::not_allowed, 403U},
    std::pair{errc::address_refused, 403U},
    std::pair{errc::not_found, 404U},
    std::pair{errc::unknown_verb, 405U},
    std::pair{errc::conflict, 409U},
    std::pair{errc::already_running, 409U},
    std::pair{errc::duplicate_key, 409U},
    std::pair{errc::duplicate_name, 409U},
    std::pair{errc::cancelled, 409U},
    std::pair{errc::expired, 409U},
    std::pair{errc::fenced_off, 409U},
    std::pair{errc::too_large, 413U},
    std::pair{errc::invalid_argument, 422U},
    std::pair{errc::unknown_kind, 422U},
    std::pair{errc::infeasible, 422U},
    std::pair{errc::cyclic_dependency, 422U},
    std::pair{errc::unknown_dependency, 422U},
    std::pair{errc::overloaded, 429U},
    std::pair{errc::quota_exceeded, 429U},
    std::pair{errc::no_credit, 429U},
    std::pair{errc::not_supported, 501U},
    std::pair{errc::store_unavailable, 503U},
    std::pair{errc::shutting_down, 503U},
    std::pair{errc::unreachable, 503U},
    std::pair{errc::link_down, 503U},
    std::pair{errc::stale_term, 503U},
    std::pair{errc::timeout, 504U},
};

}  // namespace

unsigned status_of(errc code) noexcept {
  const auto found = std::ranges::find(statuses, code, &std::pair<errc, unsigned>::first);
  return found == statuses.end() ? 500U : found->second;
}

http_answer json_answer(std::string body, unsigned status) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

http_answer refusal(const error& why) {
  auto out = json_answer(json::to_json(why), status_of(why.code));
  if (out.status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (out.status == 429 || out.status == 503) out.headers.emplace_back("Retry-After", "1");
  return out;
}

}  // namespace dunlin::net
