// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/fold.hpp"

#include <array>
#include <numeric>
#include <string>

#include "examples/flight/digits/dataset.hpp"
#include "examples/flight/seeded.hpp"

namespace dunlin::flight::digits {
namespace {

/// Returns 0 … count-1.
std::vector<std::uint32_t> indexes_below(std::size_t count) {
  std::vector<std::uint32_t> indexes(count);
  std::iota(indexes.begin(), indexes.end(), 0u);
  return indexes;
}

}  // namespace

result<split> stratified_fold(std::span<const std::uint8_t> labels, std::uint64_t seed, std::size_t folds,
                              std::size_t fold) {
  if (folds < 2 || folds > labels.size() || fold >= folds)
    return fail(errc::invalid_argument, "fold " + std::to_string(fold) + " of " + std::to_string(folds),
                "at least two folds, no more than digits, counted from 0");
  auto order = indexes_below(labels.size());
  seeded{seed}.shuffle(std::span{order});
  split out;
  std::array<std::size_t, classes> dealt{};
  for (const std::uint32_t index : order) {
    const std::size_t label = labels[index];
    // Each class starts dealing at another fold, so that the folds' sizes stay within one as well.
    const std::size_t to = (dealt[label % classes]++ + label) % folds;
    (to == fold ? out.test : out.train).push_back(index);
  }
  return out;
}

result<split> file_order_split(std::size_t digits, double train_ratio) {
  const auto trained = static_cast<std::size_t>(static_cast<double>(digits) * train_ratio);
  if (!(train_ratio > 0 && train_ratio < 1) || trained == 0)
    return fail(errc::invalid_argument, "train ratio " + std::to_string(train_ratio),
                "between 0 and 1, with a digit on either side");
  split out;
  for (const std::uint32_t index : indexes_below(digits)) (index < trained ? out.train : out.test).push_back(index);
  return out;
}

}  // namespace dunlin::flight::digits
