// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/link_streams.hpp"

#include <array>
#include <bit>

#include "coordination/link/redial.hpp"
#include "net/crypto/hmac.hpp"

namespace dunlin {

namespace {

/// Longer than a handshake may take: the host answers in time, this only bounds the wait should it hang.
constexpr duration patience = 10s;

constexpr link::redial_timing between_calls{5ms, 100ms};
constexpr std::uint32_t most_calls = 20;

std::uint64_t random_bits() {
  std::array<std::byte, 8> raw{};
  static_cast<void>(net::fill_random(raw));  // only jitter: without randomness it is merely less spread
  return std::bit_cast<std::uint64_t>(raw);
}

}  // namespace

result<net::byte_stream> link_streams::open(const member_place& to, const net::stream_key& key,
                                            const wait_terms& terms) {
  const auto in_time = terms.within(now_() + patience);
  link::redial again{between_calls};
  for (;;) {
    auto stream = open_once(to, key, in_time);
    const bool was_closed = !stream && stream.error().code == errc::link_down;
    if (!was_closed || again.attempts() == most_calls) return stream;
    std::vector<pollfd> nothing;
    const auto pause = again.next(random_bits());
    if (auto may = wait_a_little(nothing, in_time, now_(), pause); !may) return fail(std::move(may.error()));
  }
}

result<net::byte_stream> link_streams::open_once(const member_place& to, const net::stream_key& key,
                                                 const wait_terms& terms) {
  auto host = host_();
  if (!host) return fail(errc::unreachable, "this process has no link");
  const auto answer = std::make_shared<awaited<net::byte_stream>>();
  auto called = host->open_stream(to.host, to.port, key,
                                  [answer](result<net::byte_stream> stream) { answer->give(std::move(stream)); });
  if (!called) return fail(std::move(called.error()));
  host.reset();  // one that ends meanwhile answers
  auto stream = answer->wait(terms, now_);
  if (!stream && stream.error().code == errc::timeout)
    return fail(errc::timeout, "node '" + to.node + "' does not take a stream");
  return stream;
}

}  // namespace dunlin
