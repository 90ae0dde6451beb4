// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/collectives/collectives_bench.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "cli/bench/collectives/ring_of_processes.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin::bench {

namespace {

constexpr std::uint32_t ring_sizes[] = {2, 4};

std::vector<raw_way> every_way() {
  std::vector<raw_way> out;
  for (const std::uint32_t threads : {1U, 2U})
    for (const std::size_t block : {std::size_t{256} << 10, std::size_t{1} << 20, std::size_t{4} << 20})
      for (const bool large : {false, true}) out.push_back({threads, block, large});
  return out;
}

std::string in_words(const raw_way& way) {
  return std::to_string(way.threads) + (way.threads == 1 ? " thread, " : " threads, ") +
         std::to_string(way.block >> 10) + " KiB a call, " + (way.large_buffers ? "large" : "the kernel's") +
         " buffers";
}

class scratch_secret {
 public:
  scratch_secret() {
    auto pattern = (std::filesystem::temp_directory_path() / "dunlin-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  ~scratch_secret() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  scratch_secret(const scratch_secret&) = delete;
  scratch_secret& operator=(const scratch_secret&) = delete;
  [[nodiscard]] std::string path() const { return folder_ + "/ring-secret"; }

 private:
  std::string folder_;
};

class collectives_bench {
 public:
  explicit collectives_bench(const collectives_bench_options& options) : options_(options) {}

  result<bench_report> measure() {
    auto program = options_.program;
    program.emplace_back("bench-peer");
    if (auto secret = net::read_or_create_secret(secret_.path()); !secret) return fail(std::move(secret.error()));
    for (const auto members : ring_sizes) {
      auto ring = ring_of_processes::start(program, members, options_.bytes, secret_.path());
      if (!ring) return fail(std::move(ring.error()));
      measure_ring(*ring, members);
      if (went_wrong_)
        return fail(errc::internal, "a ring of " + std::to_string(members) + " had a wrong sum, or ended");
    }
    report_.notes.emplace_back(
        "loopback is no network: no loss, no card, shared caches; nothing is encrypted on either side");
    return std::move(report_);
  }

 private:
  void measure_ring(ring_of_processes& ring, std::uint32_t members) {
    const auto of = "allreduce_" + std::to_string(members);
    compare(ring, of, options_.bytes, false);
    const auto& ours = report_.figures[report_.figures.size() - 2];
    auto ratio = ours;
    ratio.name = members == 2 ? "allreduce_bandwidth_ratio" : "allreduce_bandwidth_ratio_" + std::to_string(members);
    ratio.value = ours.ratio.value_or(0);
    ratio.unit = "";
    ratio.baseline.clear();
    ratio.ratio = ratio.min = ratio.max = std::nullopt;
    report_.figures.push_back(std::move(ratio));
    compare(ring, of + "_in_place", options_.bytes, true);
    for (const std::size_t smaller : {options_.bytes / 4, options_.bytes / 64, options_.bytes / 1024})
      compare(ring, of + "_" + std::to_string(smaller >> 10) + "kib", smaller, false);
  }

  /// Bytes that every member sends, a second.
  void compare(ring_of_processes& ring, const std::string& name, std::size_t bytes, bool in_place) {
    const auto way = fastest_way(ring, bytes);
    const auto rate = [&](double seconds) {
      went_wrong_ |= seconds <= 0;
      return static_cast<double>(ring.moved_by(bytes)) / seconds / 1e9;
    };
    add_comparison(report_, name + "_gb_per_s", name + "_bare_gb_per_s", "GB/s",
                   measure_abba(
                       options_.rounds, [&] { return rate(ring.all_reduce(bytes, in_place)); },
                       [&] { return rate(ring.move_bare(bytes, way)); }));
    auto& ours = report_.figures[report_.figures.size() - 2];
    ours.note = std::to_string(bytes >> 10) + " KiB a member" + (in_place ? ", in one array" : "");
    report_.figures.back().note = in_words(way);
  }

  /// For that many bytes. Everything is measured in turn, so that a slow moment is nobody's fault.
  raw_way fastest_way(ring_of_processes& ring, std::size_t bytes) {
    const auto ways = every_way();
    std::vector<std::vector<double>> took(ways.size());
    for (unsigned round = 0; round < std::max(2U, options_.rounds / 2); ++round) {
      went_wrong_ |= ring.all_reduce(bytes, false) <= 0;  // warm
      for (std::size_t i = 0; i < ways.size(); ++i) took[i].push_back(ring.move_bare(bytes, ways[i]));
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < ways.size(); ++i)
      if (spread_of(took[i]).median < spread_of(took[best]).median) best = i;
    return ways[best];
  }

  const collectives_bench_options& options_;
  scratch_secret secret_;
  bench_report report_ = begin_report("collectives");
  bool went_wrong_ = false;
};

}  // namespace

result<bench_report> run_collectives_bench(const collectives_bench_options& options) {
  return collectives_bench{options}.measure();
}

}  // namespace dunlin::bench
