// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/envelope.hpp"

#include "coordination/codec/reader.hpp"
#include "coordination/codec/writer.hpp"

namespace dunlin::link {

namespace {

constexpr std::uint32_t envelope_fields = 8;
constexpr std::size_t version_at = 1;

tl::unexpected<error> other_version(std::uint8_t theirs) {
  return fail(errc::version_mismatch,
              "the peer speaks link version " + std::to_string(theirs) + ", this node speaks version " +
                  std::to_string(protocol_version),
              "run the same build on every node");
}

}  // namespace

std::uint64_t cluster_tag(std::string_view cluster) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : cluster) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return hash;
}

void append_frame(bytes& out, const envelope& message) {
  const auto start = out.size();
  out.resize(start + length_bytes);
  codec::writer to{out};
  to.put_array(envelope_fields);
  to.put_uint(protocol_version);
  to.put_uint(message.cluster);
  to.put_uint(message.source.value);
  to.put_uint(message.destination.value);
  to.put_uint(message.epoch);
  to.put_uint(message.seq);
  to.put_text(message.kind);
  to.put_binary(message.body);
  set_length(std::span{out}.subspan(start));
}

result<envelope> read_envelope(bytes_view frame) {
  if (frame.size() <= version_at) return fail(errc::protocol_violation, "a frame too short for an envelope");
  const auto version = static_cast<std::uint8_t>(frame[version_at]);
  if (version != protocol_version) return other_version(version);
  envelope out;
  codec::reader from{frame};
  if (from.get_array() != envelope_fields) from.refuse(errc::wrong_type);
  from.get_uint();
  out.cluster = from.get_uint();
  out.source.value = from.get_uint();
  out.destination.value = from.get_uint();
  out.epoch = from.get_uint();
  out.seq = from.get_uint();
  out.kind = from.get_text();
  out.body = from.get_binary();
  if (const auto why = from.finish(); why != errc::none)
    return fail(errc::protocol_violation, "an envelope does not decode: " + std::string{to_string(why)});
  return out;
}

}  // namespace dunlin::link
