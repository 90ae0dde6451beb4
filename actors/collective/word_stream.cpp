// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/word_stream.hpp"

#include <array>

namespace dunlin {

namespace {

/// A group of the largest size, everybody with the longest name.
constexpr std::size_t max_word_bytes = 64 * 1'024;

}  // namespace

result<void> word_stream::say(const group_word& word) {
  const auto frame = to_frame(word);
  const bytes_view whole{frame};
  const auto sent = stream_.send_some({&whole, 1});
  if (sent && *sent == frame.size()) return {};
  stream_.close();  // nothing makes sense after half a word
  if (!sent) return fail(error{sent.error()});
  return fail(errc::link_down, "a member of the group does not read what it is told");
}

/// Returns whether anything came.
result<bool> word_stream::receive() {
  std::array<std::byte, 4'096> chunk;
  const auto came = stream_.receive_some(chunk);
  if (!came) return fail(error{came.error()});
  cutter_.feed(bytes_view{chunk}.first(*came));
  for (;;) {
    const auto frame = cutter_.next(max_word_bytes);
    if (!frame) return fail(error{frame.error()});
    if (!*frame) return *came > 0;
    auto word = word_of(**frame);
    if (!word) return fail(std::move(word.error()));
    heard_.push_back(std::move(*word));
  }
}

result<std::optional<group_word>> word_stream::hear() {
  while (heard_.empty()) {
    const auto came = receive();
    if (!came) return fail(error{came.error()});
    if (!*came) return std::nullopt;
  }
  std::optional<group_word> next{std::move(heard_.front())};
  heard_.pop_front();
  return next;
}

}  // namespace dunlin
