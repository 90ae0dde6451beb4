// SPDX-License-Identifier: Apache-2.0
#include "tests/net/link/link_record.hpp"

#include <algorithm>
#include <stdexcept>

namespace dunlin::test {

bool link_record::wait(const std::function<bool(const link_news&)>& enough, std::chrono::milliseconds patience) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return enough(news_); });
}

bool link_record::wait_for_up(std::size_t count) const {
  return wait([count](const link_news& so_far) { return so_far.up.size() >= count; });
}

bool link_record::wait_for_down(std::size_t count) const {
  return wait([count](const link_news& so_far) { return so_far.down.size() >= count; });
}

bool link_record::wait_for_messages(std::size_t count) const {
  return wait([count](const link_news& so_far) { return so_far.messages.size() >= count; });
}

bool link_record::wait_for_refusal(errc code, bool dialled) const {
  return wait([code, dialled](const link_news& so_far) {
    return std::ranges::any_of(
        so_far.refused, [&](const auto& refusal) { return refusal.why.code == code && refusal.dialled == dialled; });
  });
}

link_news link_record::news() const {
  const std::lock_guard lock{mutex_};
  return news_;
}

void link_record::on_peer_up(const link::identity& peer) {
  {
    const std::lock_guard lock{mutex_};
    news_.up.push_back(peer);
  }
  changed_.notify_all();
  if (when_up) when_up(peer);
}

void link_record::on_peer_down(const link::identity& peer, const error& why) {
  const std::lock_guard lock{mutex_};
  news_.down.push_back({peer.node, why});
  changed_.notify_all();
}

void link_record::on_message(const link::identity& peer, std::string_view kind, bytes_view body) {
  const std::lock_guard lock{mutex_};
  const auto ups = std::ranges::count(news_.up, peer.life, &link::identity::life);
  const auto downs = std::ranges::count(news_.down, peer.node, &link_news::farewell::node);
  news_.message_of_a_stranger |= ups == 0 || (news_.up.size() == 1 && downs > 0);
  news_.messages.push_back({peer.node, std::string{kind}, std::string{as_text(body)}});
  changed_.notify_all();
}

void link_record::on_refused(const error& why, bool dialled) {
  const std::lock_guard lock{mutex_};
  news_.refused.push_back({why, dialled});
  changed_.notify_all();
}

net::link_config link_config_of(const std::string& node, std::uint64_t life) {
  net::link_config out;
  out.own.cluster = "flock";
  out.own.node = node;
  out.own.life = incarnation{life};
  out.own.build = "0.1.0";
  out.own.caf_version = "0.17.6";
  out.own.message_digest = 42;
  out.secret = flock_secret;
  out.redials = {.first = 5ms, .cap = 50ms};
  return out;
}

std::unique_ptr<net::link_host> start_link(net::link_config config, link_record& record) {
  auto started = net::link_host::start(std::move(config), record);
  if (!started) throw std::runtime_error(to_string(started.error()));
  return std::move(*started);
}

linked_pair::linked_pair() {
  const auto dialled = b.host->dial("127.0.0.1", a.host->port());
  if (!dialled || !a.record.wait_for_up() || !b.record.wait_for_up()) throw std::runtime_error("no link came about");
}

}  // namespace dunlin::test
