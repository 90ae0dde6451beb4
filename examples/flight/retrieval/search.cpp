// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/search.hpp"

#include <algorithm>
#include <cmath>

#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {
namespace {

/// Distances are sums of many rounded terms; a bound gives way by more than that.
constexpr float rounding = 1e-3f;

bool better(const hit& a, const hit& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; }

/// A cluster, and the best score that any point of it can have.
struct candidate {
  std::uint32_t cluster = 0;
  float bound = 0;
};

/// Returns the clusters, the most promising first. No point lies nearer than the centre less the radius, and the cosine
/// of vectors at a distance d, neither longer than 1, is 1 - d²/2 at most.
std::vector<candidate> candidates_of(std::span<const float> query, const clustering& by) {
  std::vector<candidate> out;
  for (std::uint32_t c = 0; c < by.clusters(); ++c) {
    const float away = std::sqrt(simd::squared_distance(query, by.centre(c))) - by.radii[c] - rounding;
    const float nearest = std::max(0.0f, away);
    out.push_back({c, 1 - nearest * nearest / 2});
  }
  std::ranges::sort(out, std::ranges::greater{}, &candidate::bound);
  return out;
}

/// Keeps the best hits, the worst of them in front.
class best_hits {
 public:
  explicit best_hits(std::size_t top) : top_(top) {}

  void offer(const hit& one) {
    if (heap_.size() == top_ && (top_ == 0 || !better(one, heap_.front()))) return;
    if (heap_.size() == top_) {
      std::ranges::pop_heap(heap_, better);
      heap_.pop_back();
    }
    heap_.push_back(one);
    std::ranges::push_heap(heap_, better);
  }

  /// Whether a score this high could still be among the best.
  [[nodiscard]] bool leaves_room_for(float score) const {
    return heap_.size() < top_ || (top_ > 0 && score >= heap_.front().score);
  }

  std::vector<hit> take() && {
    std::ranges::sort(heap_, better);
    return std::move(heap_);
  }

 private:
  std::size_t top_;
  std::vector<hit> heap_;
};

bool belong_together(std::span<const float> query, const embeddings& among, const clustering& by) {
  return query.size() == dimensions && by.assignment.size() == among.size() && by.radii.size() == by.clusters() &&
         std::ranges::all_of(by.assignment, [&by](std::uint32_t cluster) { return cluster < by.clusters(); });
}

}  // namespace

result<search_result> search(std::span<const float> query, const embeddings& among, const clustering& by,
                             std::size_t top) {
  if (!belong_together(query, among, by))
    return fail(errc::invalid_argument, "query, embeddings and clusters do not belong together");
  std::vector<std::vector<std::uint32_t>> members(by.clusters());
  for (std::uint32_t i = 0; i < among.size(); ++i) members[by.assignment[i]].push_back(i);
  search_result out;
  best_hits best{top};
  for (const auto& [cluster, bound] : candidates_of(query, by)) {
    if (!best.leaves_room_for(bound)) break;
    for (const auto i : members[cluster]) best.offer({among.first_id + i, simd::dot(query, among.row(i))});
    out.compared += members[cluster].size();
  }
  out.hits = std::move(best).take();
  return out;
}

}  // namespace dunlin::flight::retrieval
