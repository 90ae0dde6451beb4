// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/gate.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace dunlin::net {

namespace {

bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_listed(std::string_view given, const std::vector<std::string>& list) noexcept {
  return std::ranges::any_of(list, [&](const std::string& each) { return same_but_for_case(given, each); });
}

std::string shown(std::string_view text) { return "'" + std::string{text.substr(0, 80)} + "'"; }

}  // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

gate::gate(std::string token, std::vector<std::string> hosts, std::vector<std::string> origins)
    : token_(std::move(token)), hosts_(std::move(hosts)), origins_(std::move(origins)) {}

gate gate::for_loopback(std::string token, unsigned port, const std::vector<std::string>& more_hosts,
                        const std::vector<std::string>& more_origins) {
  std::vector<std::string> hosts;
  std::vector<std::string> origins;
  for (const std::string name : {"127.0.0.1", "localhost", "[::1]"}) {
    hosts.push_back(name + ':' + std::to_string(port));
    if (port == 80) hosts.push_back(name);
  }
  origins.reserve(hosts.size());
  for (const auto& host : hosts) origins.push_back("http://" + host);
  hosts.insert(hosts.end(), more_hosts.begin(), more_hosts.end());
  origins.insert(origins.end(), more_origins.begin(), more_origins.end());
  return {std::move(token), std::move(hosts), std::move(origins)};
}

result<void> gate::admit(const credentials& given, bool needs_token) const {
  if (given.hosts != 1) return fail(errc::malformed, "a request needs exactly one Host header", "send one");
  if (!is_listed(given.host, hosts_))
    return fail(errc::forbidden, "the Host " + shown(given.host) + " is not this server",
                "use the address that the server printed at its start");
  if (given.origins > 1 || (given.origins == 1 && !is_listed(given.origin, origins_)))
    return fail(errc::forbidden, "pages from the Origin " + shown(given.origin) + " may not call this server",
                "call it from a program, or from a page that it serves itself");
  return needs_token ? check_token(given) : result<void>{};
}

result<void> gate::check_token(const credentials& given) const {
  static constexpr std::string_view scheme = "Bearer ";
  if (given.authorizations != 1)
    return fail(errc::unauthorised, "a token is needed", "send 'Authorization: Bearer TOKEN'");
  const bool bearer = same_but_for_case(given.authorization.substr(0, scheme.size()), scheme);
  if (!bearer || !equal_in_constant_time(given.authorization.substr(scheme.size()), token_))
    return fail(errc::unauthorised, "the token is wrong",
                "it stands in the token file of this swarm's state directory");
  return {};
}

}  // namespace dunlin::net
