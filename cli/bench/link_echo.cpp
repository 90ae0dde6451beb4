// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/link_echo.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <sstream>
#include <utility>

#include "coordination/messages.hpp"
#include "coordination/version.hpp"
#include "net/crypto/hmac.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin::bench {

namespace {

constexpr auto patience = std::chrono::seconds{20};
constexpr auto run_patience = std::chrono::seconds{120};
constexpr auto message_kind = "echo";

using message_body = std::array<std::byte, 64>;

message_body body_of(std::uint64_t number) {
  message_body out{};
  std::memcpy(out.data(), &number, sizeof number);
  return out;
}

/// Sends everything back to whom it came from.
class mirror final : public net::link_events {
 public:
  net::link_host* host = nullptr;

 private:
  void on_peer_up(const link::identity&) override {}
  void on_peer_down(const link::identity&, const error&) override {}
  void on_refused(const error&, bool) override {}
  void on_message(const link::identity& peer, std::string_view kind, bytes_view body) override {
    static_cast<void>(host->send(peer.node, kind, body));
  }
};

}  // namespace

incarnation random_life() {
  std::array<std::byte, 8> raw{};
  static_cast<void>(net::fill_random(raw));
  return {std::bit_cast<std::uint64_t>(raw)};
}

net::link_config bench_link(const std::string& node, const std::string& secret) {
  net::link_config out;
  out.own.cluster = bench_cluster;
  out.own.node = node;
  out.own.life = random_life();
  out.own.build = std::string{version()};
  out.own.caf_version = "0.17.6";
  out.own.message_digest = core_message_digest();
  out.secret = secret;
  return out;
}

result<std::unique_ptr<link_echo>> link_echo::start(const std::vector<std::string>& program,
                                                    const std::string& directory) {
  std::unique_ptr<link_echo> out{new link_echo};
  const auto secret_file = directory + "/echo-secret";
  auto secret = net::read_or_create_secret(secret_file);
  if (!secret) return fail(std::move(secret.error()));
  auto host = net::link_host::start(bench_link("pinger", *secret), *out);
  if (!host) return fail(std::move(host.error()));
  out->host_ = std::move(*host);
  auto other = peer_process::start(program);
  if (!other) return fail(std::move(other.error()));
  out->other_ = std::move(*other);
  const auto ready = out->other_->ask("echo " + std::to_string(out->host_->port()) + ' ' + secret_file);
  if (!ready) return fail(error{ready.error()});
  std::unique_lock lock{out->mutex_};
  if (!out->changed_.wait_for(lock, patience, [&out] { return !out->peer_.empty(); }))
    return fail(errc::timeout, "the second process did not link up");
  return out;
}

double link_echo::rate(std::uint64_t count, std::uint64_t window) {
  std::unique_lock lock{mutex_};
  count_ = count;
  sent_ = 0;
  received_ = 0;
  is_over_ = false;
  const auto from = std::chrono::steady_clock::now();
  while (sent_ < window && send_next()) continue;
  const bool ended = changed_.wait_for(lock, run_patience, [this] { return is_over_; });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
  is_over_ = true;
  return ended && received_ == count_ ? static_cast<double>(count) / took.count() : 0;
}

bool link_echo::send_next() {
  if (sent_ == count_) return false;
  return host_->send(peer_, message_kind, body_of(sent_++)).has_value();
}

void link_echo::on_peer_up(const link::identity& peer) {
  const std::lock_guard lock{mutex_};
  peer_ = peer.node;
  changed_.notify_all();
}

void link_echo::on_peer_down(const link::identity&, const error&) {
  const std::lock_guard lock{mutex_};
  is_over_ = true;
  changed_.notify_all();
}

void link_echo::on_message(const link::identity&, std::string_view, bytes_view body) {
  const std::lock_guard lock{mutex_};
  if (is_over_) return;
  const auto expected = body_of(received_);
  const bool right = body.size() == expected.size() && std::memcmp(body.data(), expected.data(), body.size()) == 0;
  if (right) ++received_;
  is_over_ = !right || received_ == count_;
  send_next();
  if (is_over_) changed_.notify_all();
}

result<void> serve_link_echo(const std::string& order, const std::function<void()>& ready_until_end) {
  std::istringstream words{order};
  std::uint16_t port = 0;
  std::string secret_file;
  words >> port >> secret_file;
  auto secret = net::read_secret(secret_file);
  if (!secret) return fail(std::move(secret.error()));
  mirror events;
  auto host = net::link_host::start(bench_link("mirror", *secret), events);
  if (!host) return fail(std::move(host.error()));
  events.host = host->get();
  if (auto dialled = (*host)->dial("127.0.0.1", port); !dialled) return dialled;
  ready_until_end();
  return {};
}

}  // namespace dunlin::bench
