// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"

#include <charconv>

#include "actors/swarm/state_dir.hpp"
#include "cli/client/up_file.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin::cli {

result<endpoint> parse_url(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  const auto bad =
      fail(errc::invalid_argument, "'" + url + "' is no address of a swarm", "use http://127.0.0.1:PORT", "http.url");
  std::string_view rest{url};
  if (!rest.starts_with(scheme)) return bad;
  rest.remove_prefix(scheme.size());
  rest = rest.substr(0, rest.find_first_of("/#?"));
  const auto colon = rest.rfind(':');
  endpoint out;
  out.address = std::string{rest.substr(0, colon)};
  if (out.address == "localhost") out.address = "127.0.0.1";
  const auto port = colon == std::string_view::npos ? std::string_view{"80"} : rest.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (out.address.empty() || failed != std::errc{} || end != port.data() + port.size() || out.port == 0) return bad;
  return out;
}

std::string state_dir_of(const settings& config) {
  return config.swarm.state_dir.empty() ? default_state_dir() : config.swarm.state_dir;
}

result<net::http_client> connect(const settings& config) {
  const auto state_dir = state_dir_of(config);
  auto url = config.url;
  auto token_file = config.swarm.token_file;
  if (url.empty()) {
    const auto up = read_up_file(state_dir);
    if (!up && up.error().code == errc::not_found) return fail(errc::unreachable, up.error().context, up.error().hint);
    if (!up) return fail(up.error());
    url = up->url;
    if (token_file.empty()) token_file = up->token_file;
  }
  if (token_file.empty()) token_file = state_dir + "/token";
  const auto where = parse_url(url);
  if (!where) return fail(where.error());
  auto token = net::read_secret(token_file);
  if (!token) return fail(token.error());
  return net::http_client{{.address = where->address, .port = where->port, .token = std::move(*token)}};
}

}  // namespace dunlin::cli
