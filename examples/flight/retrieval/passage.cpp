// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/passage.hpp"

#include <algorithm>
#include <iterator>

namespace dunlin::flight::retrieval {
namespace {

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

/// Returns the length of the line that starts `text`, with its newline, cut between characters of UTF-8
/// where it is longer than a passage.
std::size_t line_length(std::string_view text) {
  const std::size_t newline = text.find('\n');
  std::size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
  if (length <= largest_passage_bytes) return length;
  length = largest_passage_bytes;
  while (length > 1 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
  return length;
}

/// A paragraph shorter than this, such as a heading, joins the one that follows.
constexpr std::size_t too_short_alone = 300;

/// Collects lines into passages.
class cutter {
 public:
  cutter(const std::string& document, std::string_view text) : document_{document}, text_{text} {}

  std::vector<passage> run() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t length = line_length(text_.substr(at));
      take(at, length);
      at += length;
    }
    finish();
    return std::move(out_);
  }

 private:
  void take(std::size_t at, std::size_t length) {
    if (is_blank(text_.substr(at, length))) {
      if (end_ - begin_ >= too_short_alone) finish();
      return;
    }
    if (at + length - begin_ > largest_passage_bytes) finish();
    if (begin_ == end_) begin_ = at;
    end_ = at + length;
  }

  void finish() {
    if (begin_ != end_) out_.push_back({document_, begin_, std::string{text_.substr(begin_, end_ - begin_)}});
    begin_ = end_ = 0;
  }

  const std::string& document_;
  std::string_view text_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::vector<passage> out_;
};

}  // namespace

std::vector<passage> cut_passages(const std::string& document, std::string_view text) {
  return cutter{document, text}.run();
}

std::vector<shard> make_shards(std::vector<passage> passages) {
  std::vector<shard> out;
  for (std::size_t at = 0; at < passages.size(); at += most_passages_in_shard) {
    const auto from = passages.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to =
        passages.begin() + static_cast<std::ptrdiff_t>(std::min(at + most_passages_in_shard, passages.size()));
    out.push_back({static_cast<std::uint32_t>(at), {std::make_move_iterator(from), std::make_move_iterator(to)}});
  }
  return out;
}

}  // namespace dunlin::flight::retrieval
