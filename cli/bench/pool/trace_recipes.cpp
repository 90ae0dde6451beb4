// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/pool/trace_recipes.hpp"

#include <array>
#include <cmath>
#include <random>

namespace dunlin::bench {

namespace {

constexpr std::uint64_t kib = 1ULL << 10;
constexpr std::uint64_t mib = 1ULL << 20;

/// Draws and writes down; only what the standard fixes to the bit is used, so that a seed means one trace.
class recorder {
 public:
  explicit recorder(std::uint64_t seed) : random_(seed) {}

  /// Returns a number in [0, below).
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  /// Returns a number in [from, to] whose logarithm is uniform, to 1/64 of a doubling.
  std::uint64_t draw_log(std::uint64_t from, std::uint64_t to) {
    const auto doublings = std::log2(static_cast<double>(to) / static_cast<double>(from));
    const auto sixty_fourth = static_cast<double>(draw(static_cast<std::uint64_t>(doublings * 64) + 1));
    return static_cast<std::uint64_t>(static_cast<double>(from) * std::exp2(sixty_fourth / 64)) + draw(from / 16 + 1);
  }

  std::uint64_t allocate(std::uint64_t bytes, std::uint32_t stream = 0) {
    const auto id = bytes_.size();
    bytes_.push_back({bytes, stream});
    trace_.push_back({trace_.size() * 1'000, stream, false, id, bytes, 16});
    return id;
  }
  void free(std::uint64_t id) {
    trace_.push_back({trace_.size() * 1'000, bytes_[id].stream, true, id, bytes_[id].bytes, 16});
  }
  [[nodiscard]] std::size_t size() const noexcept { return trace_.size(); }
  std::vector<allocation_event> take() { return std::move(trace_); }

 private:
  struct made {
    std::uint64_t bytes;
    std::uint32_t stream;
  };
  std::mt19937_64 random_;
  std::vector<made> bytes_;
  std::vector<allocation_event> trace_;
};

/// Weights and the optimiser's two moments stay; each step keeps its activations until the way back, where each layer
/// frees its own and makes a gradient. Every fifth batch is shorter; kernels take work space between.
std::vector<allocation_event> training_loop(std::uint64_t seed) {
  recorder record{seed};
  constexpr std::size_t layers = 24;
  std::array<std::uint64_t, layers> weights{};
  std::array<std::uint64_t, layers> activations{};
  for (std::size_t i = 0; i < layers; ++i) {
    weights[i] = (4 + record.draw(60)) * 256 * kib;
    activations[i] = (1 + record.draw(40)) * 256 * kib + record.draw(100'000);
    for (int copies = 0; copies < 3; ++copies) record.allocate(weights[i]);
  }
  for (int step = 0; step < 200; ++step) {
    const std::uint64_t share = step % 5 == 4 ? 3 : 5;  // of five
    std::vector<std::uint64_t> kept;
    for (std::size_t i = 0; i < layers; ++i) {
      kept.push_back(record.allocate(activations[i] * share / 5));
      record.free(record.allocate((1 + record.draw(8)) * mib));
    }
    std::vector<std::uint64_t> gradients;
    for (std::size_t i = layers; i > 0; --i) {
      gradients.push_back(record.allocate(weights[i - 1]));
      const auto flowing = record.allocate(activations[i - 1] * share / 5);
      record.free(kept[i - 1]);
      record.free(flowing);
    }
    for (const auto gradient : gradients) record.free(gradient);
  }
  return record.take();
}

/// Models come and go, the oldest first; requests of ragged lengths hold a cache that grows a block at a time until
/// they end.
std::vector<allocation_event> inference_mix(std::uint64_t seed) {
  recorder record{seed};
  struct request {
    std::vector<std::uint64_t> blocks;
    std::uint64_t left = 0;
  };
  std::vector<std::vector<std::uint64_t>> models;
  std::vector<request> running;
  for (int turn = 0; turn < 12'000; ++turn) {
    if (turn % 1'500 == 0) {
      auto& model = models.emplace_back();
      const auto tensors = 20 + record.draw(60);
      for (std::uint64_t i = 0; i < tensors; ++i) model.push_back(record.allocate(record.draw_log(64 * kib, 16 * mib)));
      if (models.size() > 3) {
        for (const auto id : models.front()) record.free(id);
        models.erase(models.begin());
      }
    }
    if (running.size() < 48 && record.draw(3) == 0) {
      auto& fresh = running.emplace_back();
      fresh.left = 4 + record.draw(60);
      fresh.blocks.push_back(record.allocate(record.draw_log(16 * kib, 4 * mib)));  // the prompt
    }
    for (std::size_t i = 0; i < running.size();) {
      auto& one = running[i];
      if (record.draw(4) == 0) one.blocks.push_back(record.allocate(128 * kib));
      record.free(record.allocate(record.draw_log(kib, 512 * kib)));  // work space of a token
      if (--one.left > 0) {
        ++i;
        continue;
      }
      for (const auto id : one.blocks) record.free(id);
      running[i] = std::move(running.back());
      running.pop_back();
    }
  }
  return record.take();
}

/// Agents with sizes of their own, each with a stream; an agent frees about as often as it allocates, and leaves with
/// all it has.
std::vector<allocation_event> ragged_agents(std::uint64_t seed) {
  recorder record{seed};
  constexpr std::uint32_t agents = 32;
  struct agent_memory {
    std::uint64_t typical = 0;
    std::vector<std::uint64_t> blocks;
  };
  std::array<agent_memory, agents> all;
  for (auto& one : all) one.typical = record.draw_log(512, 2 * mib);
  while (record.size() < 200'000) {
    const auto at = static_cast<std::uint32_t>(record.draw(agents));
    auto& one = all[at];
    if (record.draw(400) == 0) {
      for (const auto id : one.blocks) record.free(id);
      one.blocks.clear();
      one.typical = record.draw_log(512, 2 * mib);
    } else if (one.blocks.size() < 40 || (one.blocks.size() < 80 && record.draw(2) == 0)) {
      one.blocks.push_back(record.allocate(record.draw_log(one.typical / 8 + 16, one.typical * 8), at));
    } else {
      const auto which = record.draw(one.blocks.size());
      record.free(one.blocks[which]);
      one.blocks[which] = one.blocks.back();
      one.blocks.pop_back();
    }
  }
  return record.take();
}

/// Any size as likely as its double, any block as likely to go.
std::vector<allocation_event> log_uniform(std::uint64_t seed) {
  recorder record{seed};
  std::vector<std::uint64_t> live;
  while (record.size() < 200'000) {
    if (live.size() < 200 || (live.size() < 300 && record.draw(2) == 0)) {
      live.push_back(record.allocate(record.draw_log(256, 64 * mib)));
    } else {
      const auto which = record.draw(live.size());
      record.free(live[which]);
      live[which] = live.back();
      live.pop_back();
    }
  }
  return record.take();
}

constexpr std::array recipes{
    trace_recipe{"training_loop", "200 steps of 24 layers", 1, training_loop},
    trace_recipe{"inference_mix", "requests of ragged lengths on models that come and go", 2, inference_mix},
    trace_recipe{"ragged_agents", "32 agents with sizes and streams of their own", 3, ragged_agents},
    trace_recipe{"log_uniform", "256 B to 64 MiB, any size as likely as its double", 4, log_uniform},
};

}  // namespace

std::span<const trace_recipe> all_trace_recipes() noexcept { return recipes; }

}  // namespace dunlin::bench
