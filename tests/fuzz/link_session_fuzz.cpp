// SPDX-License-Identifier: Apache-2.0
// Any bytes, in any chunks, before or after a handshake: the session never crashes, never reports after its end, and
// says the same whatever the chunks were, but for credit: that goes back once a chunk was consumed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "coordination/codec/frame_cutter.hpp"
#include "coordination/link/envelope.hpp"
#include "tests/support/link_end.hpp"

namespace {

using namespace dunlin;
using namespace dunlin::link;

/// The bytes of a dialler after the handshake; numbered on from there by the fuzzed input.
bytes handshake_of(link_end& acceptor) {
  link_end::options how;
  how.who = identity_of("b");
  how.dialler = true;
  link_end dialler{how};
  bytes out;
  for (int i = 0; i < 2; ++i) {
    const auto raw = dialler.take_output();
    out.insert(out.end(), raw.begin(), raw.end());
    acceptor.feed(raw);
    dialler.feed(acceptor.take_output());
  }
  return out;
}

void check(const link_end& end) {
  const auto& log = end.log();
  const auto is_closed = [](const auto& line) { return line.starts_with("closed "); };
  if (log.empty()) return;
  if (std::find_if(log.begin(), log.end(), is_closed) < log.end() - 1) std::abort();
  if (is_closed(log.back()) && end.inside().why().context.empty()) std::abort();
}

/// Wraps each line of the input in a correct envelope, so that bodies and kinds are reached as well as framing.
bytes framed(bytes_view raw) {
  bytes out;
  std::uint64_t seq = 2;
  while (!raw.empty()) {
    const auto kind = as_text(raw).substr(0, as_text(raw).find('\n'));
    raw = raw.subspan(std::min(raw.size(), kind.size() + 1));
    const auto body = raw.first(std::min<std::size_t>(raw.size(), raw.empty() ? 0 : static_cast<std::uint8_t>(raw[0])));
    raw = raw.subspan(body.size());
    append_frame(out, {cluster_tag("flock"), identity_of("b").life, identity_of("a").life, 0, seq++, kind, body});
  }
  return out;
}

/// Returns the kinds and bodies of what was sent, without credit.
std::vector<std::pair<std::string, bytes>> said(link_end& end) {
  std::vector<std::pair<std::string, bytes>> out;
  const auto sent = end.take_output();
  frame_cutter cutter;
  cutter.feed(sent);
  while (true) {
    const auto frame = cutter.next(max_frame_bytes);
    if (!frame) std::abort();
    if (!*frame) return out;
    const auto message = read_envelope(**frame);
    if (!message) std::abort();
    if (message->kind == credit::wire_name) continue;
    out.emplace_back(message->kind, bytes{message->body.begin(), message->body.end()});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto mode = data[0];
  const auto cut = std::size_t{1} + data[1];
  bytes raw(size - 2);
  std::transform(data + 2, data + size, raw.begin(), [](auto each) { return std::byte{each}; });
  if ((mode & 2) != 0) raw = framed(raw);

  link_end whole{{}};
  link_end pieces{{}};
  if ((mode & 1) != 0) {
    (void)handshake_of(whole);
    (void)handshake_of(pieces);
  }
  whole.feed(raw);
  for (std::size_t at = 0; at < raw.size(); at += cut)
    pieces.feed(bytes{raw.begin() + static_cast<std::ptrdiff_t>(at),
                      raw.begin() + static_cast<std::ptrdiff_t>(std::min(at + cut, raw.size()))});
  check(whole);
  if (whole.log() != pieces.log() || said(whole) != said(pieces)) std::abort();
  return 0;
}
