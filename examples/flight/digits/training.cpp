// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "examples/flight/digits/warp.hpp"
#include "examples/flight/simd/adam.hpp"

namespace dunlin::flight::digits {
namespace {

/// One run of training: the network, Adam's state and the buffers that batches reuse.
class trainer {
 public:
  trainer(const dataset& digits, const std::vector<std::uint32_t>& part, std::uint64_t seed,
          const training_config& config)
      : config_{config},
        random_{seed_of_part(seed, 1)},
        network_{std::array<std::size_t, 3>{pixels_per_digit, config.hidden, classes}, random_},
        originals_(part.size() * pixels_per_digit),
        images_(originals_.size()),
        labels_(part.size()),
        digits_{digits},
        part_{part},
        gradient_(network_.parameters().size()),
        first_(gradient_.size()),
        second_(gradient_.size()) {}

  /// Returns the mean loss of the last epoch. Errors: cancelled.
  result<float> run(watcher* by) {
    float loss = 0;
    for (std::uint32_t epoch = 0; epoch < config_.epochs; ++epoch) {
      prepare_epoch();
      loss = run_epoch();
      if (auto more = step_done(by, epoch + 1, config_.epochs, "epochs"); !more) return fail(std::move(more.error()));
    }
    return loss;
  }

  const network& trained() const noexcept { return network_; }

 private:
  /// Shuffles the digits and distorts them, a group of consecutive ones alike.
  void prepare_epoch() {
    random_.shuffle(std::span{part_});
    for (std::size_t i = 0; i < part_.size(); ++i) {
      std::ranges::copy(digits_.image(part_[i]), originals_.begin() + i * pixels_per_digit);
      labels_[i] = digits_.labels[part_[i]];
    }
    if (!config_.augment) return images_.swap(originals_);
    constexpr std::size_t alike = 8 * pixels_per_digit;
    for (std::size_t at = 0; at < originals_.size(); at += alike) {
      const std::size_t count = std::min(alike, originals_.size() - at);
      warp{warp_limits{}, random_}.apply(std::span{originals_}.subspan(at, count),
                                         std::span{images_}.subspan(at, count));
    }
  }

  float run_epoch() {
    double loss = 0;
    for (std::size_t at = 0; at < labels_.size(); at += config_.batch) {
      const std::size_t rows = std::min<std::size_t>(config_.batch, labels_.size() - at);
      const auto images = std::span{images_}.subspan(at * pixels_per_digit, rows * pixels_per_digit);
      const auto labels = std::span{labels_}.subspan(at, rows);
      loss += network_.backward(images, labels, config_.smoothing, work_, gradient_) * rows;
      step();
    }
    return static_cast<float>(loss / static_cast<double>(labels_.size()));
  }

  void step() {
    const double batches = std::ceil(static_cast<double>(labels_.size()) / config_.batch);
    const double progress = steps_ / (batches * config_.epochs);
    ++steps_;
    simd::adam_rates rates;
    rates.rate = static_cast<float>(config_.rate * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
    rates.decay = config_.decay;
    rates.correction1 = static_cast<float>(1 - std::pow(rates.beta1, steps_));
    rates.correction2 = static_cast<float>(1 - std::pow(rates.beta2, steps_));
    simd::adam_step(rates, gradient_, network_.parameters(), first_, second_);
  }

  const training_config& config_;
  seeded random_;
  network network_;
  std::vector<float> originals_;
  std::vector<float> images_;
  std::vector<std::uint8_t> labels_;
  const dataset& digits_;
  std::vector<std::uint32_t> part_;
  std::vector<float> gradient_;
  std::vector<float> first_;
  std::vector<float> second_;
  activations work_;
  double steps_ = 0;
};

/// Returns how many of `part` the network classifies rightly.
std::uint32_t count_correct(const network& trained, const dataset& digits, const std::vector<std::uint32_t>& part) {
  std::vector<float> images;
  for (const std::uint32_t index : part) {
    const auto image = digits.image(index);
    images.insert(images.end(), image.begin(), image.end());
  }
  activations work;
  const auto probabilities = trained.forward(images, part.size(), work);
  std::uint32_t correct = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto row = probabilities.subspan(i * classes, classes);
    const auto guess = std::ranges::max_element(row) - row.begin();
    correct += guess == digits.labels[part[i]];
  }
  return correct;
}

bool within(const std::vector<std::uint32_t>& part, std::size_t digits) {
  return !part.empty() && std::ranges::all_of(part, [digits](auto i) { return i < digits; });
}

}  // namespace

result<fold_report> train_split(const dataset& digits, const split& part, std::uint64_t seed,
                                const training_config& config, watcher* by) {
  if (!within(part.train, digits.size()) || !within(part.test, digits.size()))
    return fail(errc::invalid_argument, "an empty part or an index beyond the dataset");
  if (config.hidden == 0 || config.epochs == 0 || config.batch == 0 || !(config.rate > 0))
    return fail(errc::invalid_argument, "hidden, epochs, batch and rate must be above 0");
  trainer run{digits, part.train, seed, config};
  const auto loss = run.run(by);
  if (!loss) return fail(loss.error());
  fold_report report;
  report.seed = seed;
  report.loss = *loss;
  report.tested = static_cast<std::uint32_t>(part.test.size());
  report.correct = count_correct(run.trained(), digits, part.test);
  return report;
}

result<fold_report> train_fold(const dataset& digits, std::uint64_t seed, std::uint32_t fold,
                               const training_config& config, watcher* by) {
  const auto part = stratified_fold(digits.labels, seed, config.folds, fold);
  if (!part) return fail(part.error());
  auto report = train_split(digits, *part, seed_of_part(seed, fold), config, by);
  if (report) report->seed = seed, report->fold = fold;
  return report;
}

accuracy_summary summarise(std::vector<fold_report> reports) {
  if (reports.empty()) return {};
  std::ranges::sort(reports, {}, &fold_report::accuracy);
  const std::size_t middle = reports.size() / 2;
  const double upper = reports[middle].accuracy();
  const double lower = reports[(reports.size() - 1) / 2].accuracy();
  return {(upper + lower) / 2, reports.front().accuracy()};
}

}  // namespace dunlin::flight::digits
