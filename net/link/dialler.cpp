// SPDX-License-Identifier: Apache-2.0
#include "net/link/dialler.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "net/crypto/hmac.hpp"

namespace dunlin::net {

namespace {

using clock_type = std::chrono::steady_clock;

std::uint64_t random_bits() {
  std::array<std::byte, 8> raw{};
  static_cast<void>(fill_random(raw));  // only jitter: without randomness it is merely less spread
  return std::bit_cast<std::uint64_t>(raw);
}

constexpr std::size_t index_of(link::channel role) { return static_cast<std::size_t>(role); }

}  // namespace

void dialler::add(const tcp::endpoint& where, bool once) {
  // Who was called once and is gone leaves the place to the next.
  auto place = std::ranges::find_if(targets_, [](const auto& target) { return target->is_done(); });
  if (place == targets_.end()) place = targets_.insert(place, nullptr);
  *place = std::make_unique<dial_target>(context_, where, timing_, once);
  call(static_cast<int>(place - targets_.begin()));
}

void dialler::call(int target) {
  for (const auto role : {link::channel::control, link::channel::bulk}) {
    if (std::exchange(at(target).has[index_of(role)], true)) continue;
    auto socket = std::make_shared<tcp::socket>(context_);
    socket->async_connect(at(target).where,
                          [this, socket, role, target](error_code ec) { on_called(ec, *socket, role, target); });
  }
}

void dialler::on_called(const error_code& ec, tcp::socket& socket, link::channel role, int target) {
  if (stopped_) return;
  if (!ec) return owner_.on_answer(std::move(socket), role, target);
  const auto& where = at(target).where;
  const auto words = "nobody answers on " + where.address().to_string() + " port " + std::to_string(where.port()) +
                     ": " + ec.message();
  if (call_later(target, role)) owner_.on_no_answer(error{errc::unreachable, words, "is the leader running?"});
}

void dialler::lost(int target, link::channel role) {
  // A link that ends as soon as it stands does not count as success: its pauses go on growing.
  const auto since = std::exchange(at(target).since, clock_type::time_point::max());
  if (since < clock_type::now() - timing_.cap) at(target).again.succeeded();
  call_later(target, role);
}

void dialler::stands(int target) { at(target).since = clock_type::now(); }

/// Returns false if that is under way already.
bool dialler::call_later(int target, link::channel role) {
  auto& to = at(target);
  to.has[index_of(role)] = false;
  if (to.once) return to.is_done();
  if (stopped_ || std::exchange(to.is_waiting, true)) return false;
  to.timer.expires_after(to.again.next(random_bits()));
  to.timer.async_wait([this, target, &to](error_code cancelled) {
    if (cancelled) return;
    to.is_waiting = false;
    call(target);
  });
  return true;
}

void dialler::stop() {
  stopped_ = true;
  for (const auto& each : targets_) each->timer.cancel();
}

}  // namespace dunlin::net
