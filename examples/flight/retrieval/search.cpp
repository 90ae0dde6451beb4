// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/search.hpp"

#include <algorithm>
#include <numeric>

#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {
namespace {

bool better(const hit& a, const hit& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; }

void keep_best(hits& of, std::size_t top) {
  const auto kept = static_cast<std::ptrdiff_t>(std::min(top, of.size()));
  std::partial_sort(of.begin(), of.begin() + kept, of.end(), better);
  of.resize(static_cast<std::size_t>(kept));
}

/// Returns, per cluster, whether it is among the `probes` whose centres lie nearest to the query.
std::vector<bool> nearest_clusters(std::span<const float> query, const clustering& by, std::size_t probes) {
  std::vector<float> distances(by.clusters());
  for (std::size_t c = 0; c < distances.size(); ++c) distances[c] = simd::squared_distance(query, by.centre(c));
  std::vector<std::size_t> order(distances.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&distances](std::size_t c) { return distances[c]; });
  std::vector<bool> chosen(order.size());
  for (std::size_t i = 0; i < std::min(probes, order.size()); ++i) chosen[order[i]] = true;
  return chosen;
}

}  // namespace

result<hits> retrieve(std::span<const float> query, const embeddings& among, const clustering& by, std::size_t top,
                      std::size_t probes) {
  const auto known = [&by](std::uint32_t cluster) { return cluster < by.clusters(); };
  if (query.size() != dimensions || by.assignment.size() != among.size() || !std::ranges::all_of(by.assignment, known))
    return fail(errc::invalid_argument, "query, embeddings and clusters do not belong together");
  const auto chosen = nearest_clusters(query, by, probes);
  hits out;
  for (std::size_t i = 0; i < among.size(); ++i)
    if (chosen[by.assignment[i]])
      out.push_back({among.first_id + static_cast<std::uint32_t>(i), simd::dot(query, among.row(i))});
  keep_best(out, top);
  return out;
}

hits merge_hits(std::span<const hits> parts, std::size_t top) {
  hits out;
  for (const hits& part : parts) out.insert(out.end(), part.begin(), part.end());
  keep_best(out, top);
  return out;
}

}  // namespace dunlin::flight::retrieval
