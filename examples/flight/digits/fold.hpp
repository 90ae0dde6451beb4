// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::flight::digits {

/// Which digits train and which test, by index into a dataset; disjoint.
struct split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> test;
  static auto fields(auto& s) { return std::tie(s.train, s.test); }
};

/// Shuffles the digits by `seed`, deals each class out to `folds` folds in turn and returns fold `fold`
/// as the test part and the others as the training part: every class is in every fold to within one.
/// Errors: invalid_argument (fewer than two folds, more than digits, or no such fold).
result<split> stratified_fold(std::span<const std::uint8_t> labels, std::uint64_t seed, std::size_t folds,
                              std::size_t fold);

/// Trains on the first `train_ratio` (0..1, exclusive) of the file, tests on the rest. The file is
/// ordered by writer, so that the test part is by hands never seen. Errors: invalid_argument.
result<split> file_order_split(std::size_t digits, double train_ratio);

}  // namespace dunlin::flight::digits
