// SPDX-License-Identifier: Apache-2.0
// Exact search that clusters only make shorter: a cluster is left out once its nearest possible point is worse than
// what was found, so that the answer is the same whatever the clusters are.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/retrieval/clustering.hpp"
#include "examples/flight/retrieval/embedding.hpp"

namespace dunlin::flight::retrieval {

/// A passage that suits a query.
struct hit {
  std::uint32_t id = 0;  ///< of the passage
  float score = 0;       ///< cosine of query and passage
  static auto fields(auto& h) { return std::tie(h.id, h.score); }
  friend bool operator==(const hit&, const hit&) = default;
};

/// What a search brings.
struct search_result {
  std::vector<hit> hits;     ///< by falling score, equal ones by rising id
  std::size_t compared = 0;  ///< passages that the query was compared with
};

/// Returns the `top` best of all passages. Query and passages are of length 1 at most. Errors: invalid_argument (a
/// query of another length, or clusters of other embeddings). Thread: any. Source: Brin, "Near neighbor search in large
/// metric spaces", on bounds by the triangle inequality.
result<search_result> search(std::span<const float> query, const embeddings& among, const clustering& by,
                             std::size_t top);

}  // namespace dunlin::flight::retrieval
