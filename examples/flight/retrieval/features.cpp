// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/features.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "examples/flight/retrieval/tokens.hpp"

namespace dunlin::flight::retrieval {
namespace {

/// Returns the FNV-1a hash of `word`, going on from `before`.
std::uint64_t hash_of(std::string_view word, std::uint64_t before = 0xcbf29ce484222325ull) {
  for (const char c : word) before = (before ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return before;
}

/// Spreads a hash over all bits: the low bits of FNV-1a are weak.
std::uint64_t spread(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdull;
  return hash ^ (hash >> 29);
}

std::vector<std::uint64_t> hashes_of(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  std::erase_if(words, is_stop_word);
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t one = hash_of(words[i]);
    hashes.push_back(spread(one));
    if (i + 1 < words.size()) hashes.push_back(spread(hash_of(words[i + 1], hash_of(" ", one))));
  }
  return hashes;
}

std::size_t bucket_of(std::uint64_t hash) { return hash % feature_counts::buckets; }

}  // namespace

std::vector<feature> features_of(std::string_view text) {
  auto hashes = hashes_of(text);
  std::ranges::sort(hashes);
  std::vector<feature> out;
  for (const std::uint64_t hash : hashes) {
    if (out.empty() || out.back().hash != hash) out.push_back({hash, 0});
    ++out.back().count;
  }
  return out;
}

result<void> feature_counts::add(const feature_counts& other) {
  if (other.occurrences.size() != occurrences.size())
    return fail(errc::invalid_argument, "a table of " + std::to_string(other.occurrences.size()) + " buckets");
  passages += other.passages;
  std::ranges::transform(occurrences, other.occurrences, occurrences.begin(), std::plus{});
  return {};
}

double feature_counts::inverse_frequency(std::uint64_t hash) const noexcept {
  const double seen = occurrences[bucket_of(hash)];
  return std::log((1.0 + static_cast<double>(passages)) / (1.0 + seen)) + 1.0;
}

feature_counts count_features(const shard& of) {
  feature_counts out;
  out.passages = of.passages.size();
  for (const passage& one : of.passages) {
    std::set<std::size_t> seen;
    for (const feature& f : features_of(one.text)) seen.insert(bucket_of(f.hash));
    for (const std::size_t bucket : seen) ++out.occurrences[bucket];
  }
  return out;
}

}  // namespace dunlin::flight::retrieval
