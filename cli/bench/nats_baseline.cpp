// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/nats_baseline.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

/// tests/bench/floor/nats_ping.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" int nats_connect(std::uint16_t port);
extern "C" void nats_respond(int socket, void (*ready)());
extern "C" double nats_request_rate(int socket, std::uint64_t count, std::uint64_t window);

namespace dunlin::bench {

namespace {

constexpr auto patience = std::chrono::seconds{10};
constexpr auto server_program = "nats-server";

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string all = path == nullptr ? "/usr/bin" : path;
  all += ":/usr/sbin:";
  for (std::size_t from = 0; from < all.size();) {
    const auto end = all.find(':', from);
    if (::access((all.substr(from, end - from) + "/" + program).c_str(), X_OK) == 0) return true;
    from = end + 1;
  }
  return false;
}

/// Waits for the file in which the server writes down its port; 0 if it does not come.
std::uint16_t port_in(const std::string& file) {
  constexpr std::string_view before = "nats://127.0.0.1:";
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    std::ifstream in{file};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto at = text.find(before);
    if (at != std::string::npos) return static_cast<std::uint16_t>(std::stoul(text.substr(at + before.size())));
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return 0;
}

}  // namespace

result<std::unique_ptr<nats_baseline>> nats_baseline::start(const std::vector<std::string>& program,
                                                            const std::string& directory) {
  if (!is_installed(server_program)) return fail(errc::not_found, "nats-server is not installed");
  std::unique_ptr<nats_baseline> out{new nats_baseline};
  auto server = peer_process::start(
      {server_program, "-a", "127.0.0.1", "-p", "-1", "-l", "/dev/null", "--ports_file_dir", directory},
      peer_process::manners::deaf);
  if (!server) return fail(std::move(server.error()));
  out->server_ = std::move(*server);
  out->port_ = port_in(directory + "/" + server_program + "_" + std::to_string(out->server_->pid()) + ".ports");
  if (out->port_ == 0) return fail(errc::timeout, "nats-server did not start");
  auto responder = peer_process::start(program);
  if (!responder) return fail(std::move(responder.error()));
  out->responder_ = std::move(*responder);
  const auto ready = out->responder_->ask("nats " + std::to_string(out->port_));
  if (!ready) return fail(error{ready.error()});
  return out;
}

double nats_baseline::rate(std::uint64_t count, std::uint64_t window) const {
  const auto socket = nats_connect(port_);
  if (socket < 0) return 0;
  const auto out = nats_request_rate(socket, count, window);
  ::close(socket);
  return out;
}

result<void> serve_nats(const std::string& order, void (*ready)()) {
  const auto socket = nats_connect(static_cast<std::uint16_t>(std::strtoul(order.c_str(), nullptr, 10)));
  if (socket < 0) return fail(errc::unreachable, "no NATS server there");
  nats_respond(socket, ready);
  ::close(socket);
  return {};
}

}  // namespace dunlin::bench
