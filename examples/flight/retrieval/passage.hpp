// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace dunlin::flight::retrieval {

/// A stretch of a document: what is embedded, found and cited.
struct passage {
  std::string document;      ///< path of the file
  std::uint64_t offset = 0;  ///< of the first byte in the document
  std::string text;
  static auto fields(auto& p) { return std::tie(p.document, p.offset, p.text); }
};

/// Passages that one task works on, numbered from `first_id` through the whole corpus.
struct shard {
  std::uint32_t first_id = 0;
  std::vector<passage> passages;
  static auto fields(auto& s) { return std::tie(s.first_id, s.passages); }
};

/// Sizes that keep a shard's passages and embeddings together within one task's payload.
inline constexpr std::size_t largest_passage_bytes = 800;
inline constexpr std::size_t most_passages_in_shard = 48;

/// Cuts `text` into passages of at most `largest_passage_bytes`: whole paragraphs, a short one together
/// with the next; whole lines where a paragraph is too long; parts of a line where that is. No passage
/// starts or ends with a blank line.
std::vector<passage> cut_passages(const std::string& document, std::string_view text);

/// Deals passages out in order to shards of at most `most_passages_in_shard`.
std::vector<shard> make_shards(std::vector<passage> passages);

}  // namespace dunlin::flight::retrieval
