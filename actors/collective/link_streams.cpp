// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/link_streams.hpp"

namespace dunlin {

namespace {

/// Longer than a handshake may take: the host answers in time, this only bounds the wait should it hang.
constexpr duration patience = 10s;

}  // namespace

result<net::byte_stream> link_streams::open(const member_place& to, const net::stream_key& key,
                                            const wait_terms& terms) {
  auto host = host_();
  if (!host) return fail(errc::unreachable, "this process has no link");
  const auto answer = std::make_shared<awaited<net::byte_stream>>();
  auto called = host->open_stream(to.host, to.port, key,
                                  [answer](result<net::byte_stream> stream) { answer->give(std::move(stream)); });
  if (!called) return fail(std::move(called.error()));
  host.reset();  // one that ends meanwhile answers
  auto stream = answer->wait(terms.within(now_() + patience), now_);
  if (!stream && stream.error().code == errc::timeout)
    return fail(errc::timeout, "node '" + to.node + "' does not take a stream");
  return stream;
}

}  // namespace dunlin
