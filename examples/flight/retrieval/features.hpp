// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/retrieval/passage.hpp"

namespace dunlin::flight::retrieval {

/// A word or a pair of neighbouring words, known by its hash, and how often a text has it.
struct feature {
  std::uint64_t hash = 0;
  std::uint32_t count = 0;
};

/// Returns the features of `text`, sorted by hash. Stop words are left out before pairs are formed.
std::vector<feature> features_of(std::string_view text);

/// In how many passages features occur, by hash bucket; two features may share one. The tables of all
/// shards of a corpus add up to the corpus's own.
struct feature_counts {
  std::uint64_t passages = 0;
  std::vector<std::uint32_t> occurrences;  ///< per bucket; always `buckets` long

  static constexpr std::size_t buckets = 1 << 14;

  feature_counts() : occurrences(buckets) {}

  /// Adds another shard's table. Errors: invalid_argument (a table of another length).
  result<void> add(const feature_counts& other);

  /// Returns ln((1 + passages) / (1 + occurrences)) + 1: how much a feature says about a passage.
  double inverse_frequency(std::uint64_t hash) const noexcept;

  static auto fields(auto& f) { return std::tie(f.passages, f.occurrences); }
};

/// Counts the features of a shard's passages.
feature_counts count_features(const shard& of);

}  // namespace dunlin::flight::retrieval
