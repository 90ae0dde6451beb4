// SPDX-License-Identifier: Apache-2.0
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
};

/// Hits by falling score, equal ones by rising id.
using hits = std::vector<hit>;

/// Returns the `top` best passages among those of the `probes` clusters nearest to the query; with as
/// many probes as clusters, among all. Errors: invalid_argument (a query of another length, or clusters
/// of other embeddings). Thread: any.
result<hits> retrieve(std::span<const float> query, const embeddings& among, const clustering& by, std::size_t top,
                      std::size_t probes);

/// Returns the `top` best of the hits of several shards.
hits merge_hits(std::span<const hits> parts, std::size_t top);

}  // namespace dunlin::flight::retrieval
