// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/link_streams.hpp"

#include <chrono>
#include <future>

namespace dunlin {

namespace {

/// Longer than a handshake may take: the host answers in time, this only bounds the wait should it hang.
constexpr auto patience = std::chrono::seconds{10};

}  // namespace

result<net::byte_stream> link_streams::open(const member_place& to, const net::stream_key& key) {
  const auto host = host_();
  if (!host) return fail(errc::unreachable, "this process has no link");
  auto promised = std::make_shared<std::promise<result<net::byte_stream>>>();
  auto answer = promised->get_future();
  auto called = host->open_stream(
      to.host, to.port, key, [promised](result<net::byte_stream> stream) { promised->set_value(std::move(stream)); });
  if (!called) return fail(std::move(called.error()));
  if (answer.wait_for(patience) != std::future_status::ready)
    return fail(errc::timeout, "node '" + to.node + "' does not take a stream");
  return answer.get();
}

}  // namespace dunlin
