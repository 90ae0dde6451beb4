// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/embedding.hpp"

#include <cmath>

#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {

std::vector<float> embed_text(std::string_view text, const feature_counts& corpus) {
  std::vector<float> out(dimensions);
  for (const feature& f : features_of(text)) {
    const double weight = (1.0 + std::log(f.count)) * corpus.inverse_frequency(f.hash);
    const bool negative = (f.hash >> 32 & 1) != 0;
    out[(f.hash >> 40) % dimensions] += static_cast<float>(negative ? -weight : weight);
  }
  simd::normalise(out);
  return out;
}

embeddings embed(const shard& of, const feature_counts& corpus) {
  embeddings out{of.first_id, {}};
  out.values.reserve(of.passages.size() * dimensions);
  for (const passage& one : of.passages) {
    const auto row = embed_text(one.text, corpus);
    out.values.insert(out.values.end(), row.begin(), row.end());
  }
  return out;
}

}  // namespace dunlin::flight::retrieval
