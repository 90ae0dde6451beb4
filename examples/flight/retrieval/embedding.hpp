// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "examples/flight/retrieval/features.hpp"
#include "examples/flight/retrieval/passage.hpp"

namespace dunlin::flight::retrieval {

/// The length of an embedding.
inline constexpr std::size_t dimensions = 512;

/// Returns the embedding of `text`: each feature adds its weight, (1 + ln count) times its inverse
/// frequency, with a sign of its own to one dimension; then the vector is brought to length 1. A text
/// without features gives zeros. Source: Weinberger et al., "Feature hashing for large scale multitask
/// learning", section 2; the weights are those of TF-IDF.
std::vector<float> embed_text(std::string_view text, const feature_counts& corpus);

/// The embeddings of a shard's passages.
struct embeddings {
  std::uint32_t first_id = 0;
  std::vector<float> values;  ///< Shape: [passages, dimensions], row-major

  std::size_t size() const noexcept { return values.size() / dimensions; }
  std::span<const float> row(std::size_t index) const noexcept {
    return std::span{values}.subspan(index * dimensions, dimensions);
  }
  static auto fields(auto& e) { return std::tie(e.first_id, e.values); }
};

/// Embeds each passage of a shard.
embeddings embed(const shard& of, const feature_counts& corpus);

}  // namespace dunlin::flight::retrieval
