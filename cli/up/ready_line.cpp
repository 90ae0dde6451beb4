// SPDX-License-Identifier: Apache-2.0
#include "cli/up/ready_line.hpp"

#include <charconv>

#include "cli/text/json_fields.hpp"
#include "cli/text/json_text.hpp"

namespace dunlin::cli {

namespace {

const std::string loopback = "127.0.0.1:";

/// Returns the port of an address on this machine; 0 if it is none.
std::uint16_t port_in(std::string_view address) {
  std::uint16_t out = 0;
  if (!address.starts_with(loopback)) return 0;
  address.remove_prefix(loopback.size());
  const auto [end, failed] = std::from_chars(address.data(), address.data() + address.size(), out);
  return failed == std::errc{} && end == address.data() + address.size() ? out : std::uint16_t{0};
}

}  // namespace

std::string to_json(const ready_line& line) {
  json_text out;
  out.put("ready", line.node);
  out.put("pid", line.pid);
  out.put("link", loopback + std::to_string(line.link_port));
  out.put("http", line.url);
  out.put("token_file", line.token_file);
  out.put("no_gpu", line.no_gpu);
  return std::move(out).take();
}

std::optional<ready_line> parse_ready_line(std::string_view text) {
  const auto read = json::parse(text);
  const auto* of = read ? std::get_if<json::object>(&read->data) : nullptr;
  if (of == nullptr) return std::nullopt;
  ready_line out;
  out.node = field_of<std::string>(*of, "ready");
  out.pid = number_of<std::uint64_t>(*of, "pid");
  out.link_port = port_in(field_of<std::string>(*of, "link"));
  out.url = field_of<std::string>(*of, "http");
  out.token_file = field_of<std::string>(*of, "token_file");
  out.no_gpu = field_of<std::string>(*of, "no_gpu");
  if (out.node.empty() || out.link_port == 0) return std::nullopt;
  return out;
}

}  // namespace dunlin::cli
