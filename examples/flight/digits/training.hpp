// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/digits/dataset.hpp"
#include "examples/flight/digits/fold.hpp"
#include "examples/flight/digits/network.hpp"
#include "examples/flight/watcher.hpp"

namespace dunlin::flight::digits {

/// How a network is trained. The defaults reach the goals stated in examples/flight/README.md.
struct training_config {
  std::uint32_t hidden = 128;
  std::uint32_t epochs = 80;
  std::uint32_t batch = 64;
  std::uint32_t folds = 5;
  float rate = 8e-3f;       ///< Adam's, falling to 0 along half a cosine
  float decay = 1e-3f;      ///< weight decay per unit of rate
  float smoothing = 0.05f;  ///< share of each label spread over all classes
  bool augment = true;      ///< distort each epoch's digits a little
  static auto fields(auto& c) {
    return std::tie(c.hidden, c.epochs, c.batch, c.folds, c.rate, c.decay, c.smoothing, c.augment);
  }
};

/// What training and testing one split came to.
struct fold_report {
  std::uint64_t seed = 0;
  std::uint32_t fold = 0;
  std::uint32_t tested = 0;   ///< digits in the test part
  std::uint32_t correct = 0;  ///< of these, classified rightly
  float loss = 0;             ///< mean of the last epoch, on the training part
  double accuracy() const noexcept { return tested == 0 ? 0.0 : double(correct) / tested; }
  static auto fields(auto& r) { return std::tie(r.seed, r.fold, r.tested, r.correct, r.loss); }
};

/// Trains on `part.train`, counts on `part.test`. The same arguments give the same report on machines
/// with the same instruction set. `by` may be null; it hears of each epoch. Errors: invalid_argument (an
/// empty part, an index out of range, or a config that cannot train), cancelled. Thread: any; uses the
/// calling thread alone.
result<fold_report> train_split(const dataset& digits, const split& part, std::uint64_t seed,
                                const training_config& config, watcher* by = nullptr);

/// Trains and tests fold `fold` of the stratified folds that `seed` gives. Errors: as train_split.
result<fold_report> train_fold(const dataset& digits, std::uint64_t seed, std::uint32_t fold,
                               const training_config& config, watcher* by = nullptr);

/// The accuracies of many folds in brief.
struct accuracy_summary {
  double median = 0;
  double worst = 0;
};

/// Returns median and worst accuracy of `reports`; zeros if there are none.
accuracy_summary summarise(std::vector<fold_report> reports);

}  // namespace dunlin::flight::digits
