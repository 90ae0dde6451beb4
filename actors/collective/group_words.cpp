// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/group_words.hpp"

#include <algorithm>

#include "coordination/codec/fields.hpp"
#include "coordination/codec/frame_cutter.hpp"

namespace dunlin {

namespace {

template <std::size_t Index = 0>
result<group_word> decode(std::size_t which, bytes_view body) {
  if constexpr (Index == std::variant_size_v<group_word>) {
    return fail(errc::protocol_violation, "a word of a group that nobody knows");
  } else {
    if (which != Index) return decode<Index + 1>(which, body);
    auto word = codec::from_wire<std::variant_alternative_t<Index, group_word>>(body);
    if (!word) return fail(errc::protocol_violation, "a word of a group: " + word.error().context);
    return group_word{std::in_place_index<Index>, std::move(*word)};
  }
}

}  // namespace

bytes to_frame(const group_word& word) {
  const auto body = std::visit([](const auto& one) { return codec::to_wire(one); }, word);
  bytes out(length_bytes + 1 + body.size());
  out[length_bytes] = static_cast<std::byte>(word.index());
  std::ranges::copy(body, out.begin() + length_bytes + 1);
  set_length(out);
  return out;
}

result<group_word> word_of(bytes_view frame) {
  if (frame.empty()) return fail(errc::protocol_violation, "an empty word of a group");
  return decode(std::to_integer<std::size_t>(frame[0]), frame.subspan(1));
}

}  // namespace dunlin
