// SPDX-License-Identifier: Apache-2.0
// What the flight's tasks carry and what they bring back: payloads and results of the four kinds.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "examples/flight/digits/training.hpp"
#include "examples/flight/maze/comparison.hpp"
#include "examples/flight/quantum/grover.hpp"
#include "examples/flight/quantum/noise.hpp"
#include "examples/flight/quantum/vqe.hpp"
#include "examples/flight/retrieval/passage.hpp"
#include "examples/flight/retrieval/summary.hpp"

namespace dunlin::flight {

inline constexpr auto digits_kind = "digits";
inline constexpr auto quantum_kind = "quantum";
inline constexpr auto maze_kind = "maze";
inline constexpr auto retrieval_kind = "retrieval";

/// Train and test one split of the digits. The result is a `digits::fold_report`.
struct digits_job {
  std::string data;  ///< path of the data set
  std::uint64_t seed = 0;
  std::uint32_t fold = 0;
  bool by_writer = false;  ///< split in the order of the file instead: writers that were never seen
  static auto fields(auto& j) { return std::tie(j.data, j.seed, j.fold, j.by_writer); }
};

enum class quantum_task : std::uint8_t { grover, vqe, noise };
constexpr quantum_task enum_last(quantum_task) noexcept { return quantum_task::noise; }

/// One experiment. Only the part that `what` names counts. No payload at all means Grover's search as it stands here.
struct quantum_job {
  quantum_task what = quantum_task::grover;
  quantum::grover_search grover{12, {77}, 0};
  quantum::vqe_search vqe;
  quantum::noisy_run noise;
  static auto fields(auto& j) { return std::tie(j.what, j.grover, j.vqe, j.noise); }
};

/// What the experiment found, and what theory says.
struct quantum_report {
  quantum_task what = quantum_task::grover;
  double found = 0;   ///< success probability, or energy, or mean fidelity
  double theory = 0;  ///< closed form, exact diagonalisation, density matrix
  quantum::fidelity_sums sums;
  static auto fields(auto& r) { return std::tie(r.what, r.found, r.theory, r.sums); }
};

// A maze task carries a `maze::batch` and brings back a `maze::comparison`.

enum class retrieval_step : std::uint8_t { count, embed, cluster, retrieve, verify, synthesise };
constexpr retrieval_step enum_last(retrieval_step) noexcept { return retrieval_step::synthesise; }

/// One step of the retrieval graph. Steps hand their data on as files in a directory of the run: each is written whole
/// or not at all, so that a step may be repeated.
struct retrieval_job {
  retrieval_step step = retrieval_step::count;
  std::string directory;
  std::uint32_t shards = 0;  ///< of the whole corpus
  std::uint32_t number = 0;  ///< of this shard or query
  retrieval::shard part;     ///< count only
  std::uint32_t clusters = 0;
  std::uint64_t seed = 0;
  std::string query;
  std::uint32_t top = 0;
  static auto fields(auto& j) {
    return std::tie(j.step, j.directory, j.shards, j.number, j.part, j.clusters, j.seed, j.query, j.top);
  }
};

struct retrieval_report {
  retrieval_step step = retrieval_step::count;
  std::uint32_t items = 0;             ///< passages, hits, citations that hold, quotes
  double inertia = 0;                  ///< of the clustering
  std::uint32_t compared = 0;          ///< passages that the query was compared with
  std::vector<std::string> documents;  ///< of the hits, best first
  std::uint32_t rejected = 0;          ///< citations that verification did not accept
  bool rejects_a_false_one = false;    ///< a citation that was falsified on purpose was found out
  retrieval::summary answer;           ///< synthesise only
  static auto fields(auto& r) {
    return std::tie(r.step, r.items, r.inertia, r.compared, r.documents, r.rejected, r.rejects_a_false_one, r.answer);
  }
};

}  // namespace dunlin::flight
