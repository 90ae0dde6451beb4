// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/copy_pipeline.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cli/bench/gpu/gpu_clock.hpp"
#include "gpu/gpu_settings.hpp"

namespace dunlin::bench {

namespace {

/// Enough chunks that the first copy and the last one, which nothing goes beside, are few of them.
constexpr std::size_t chunks = 128;

class copy_pipeline {
 public:
  copy_pipeline(bench_report& out, bench_holder& holder, const gpu_bench_options& options)
      : out_(out), holder_(holder), options_(options), count_(options.chunk_numbers) {}

  result<void> measure() {
    for (auto& one : buffers_)
      one = {holder_.pinned<float>(count_), holder_.pinned<float>(count_), holder_.numbers<float>(count_)};
    choose_repeats();
    const std::array alone{seconds([this] { return each(&copy_pipeline::copy_in); }),
                           seconds([this] { return each(&copy_pipeline::compute); }),
                           seconds([this] { return each(&copy_pipeline::copy_out); })};
    const auto slowest = static_cast<std::size_t>(std::ranges::max_element(alone) - alone.begin());
    const stage stages[] = {&copy_pipeline::copy_in, &copy_pipeline::compute, &copy_pipeline::copy_out};
    const auto sides = measure_abba(
        options_.rounds, [&] { return rate([this] { return side_by_side(); }); },
        [&] { return rate([&] { return each(stages[slowest]); }); });
    constexpr const char* names[] = {"copying in", "computing", "copying out"};
    add_comparison(out_, "gpu_pipeline_chunks_per_s", "gpu_slowest_stage_chunks_per_s", "1/s", sides);
    add_ratio(
        out_, "gpu_pipeline_ratio_to_slowest_stage", sides,
        std::string{"the slowest is "} + names[slowest] + ", of chunks of " + std::to_string(count_ >> 18) + " MiB");
    holder_.clear();
    return failed_.outcome();
  }

 private:
  struct buffer {
    float* in = nullptr;
    float* out = nullptr;
    float* there = nullptr;
  };
  using stage = result<void> (copy_pipeline::*)(const buffer&);

  result<void> copy_in(const buffer& b) { return holder_.work().copy(b.there, b.in, count_ * sizeof(float)); }
  result<void> copy_out(const buffer& b) { return holder_.work().copy(b.out, b.there, count_ * sizeof(float)); }
  result<void> compute(const buffer& b) {
    for (unsigned i = 0; i < repeats_; ++i)
      if (auto done = holder_.kernels().run(scale_call{count_, 1.0F, b.there, b.there}); !done) return done;
    return {};
  }

  /// As much computing as copying: stages of one length are the hardest to keep busy all at once.
  void choose_repeats() {
    const double copying = seconds([this] { return each(&copy_pipeline::copy_in); });
    const double computing = seconds([this] { return each(&copy_pipeline::compute); });
    repeats_ = computing > 0 ? std::clamp(static_cast<unsigned>(copying / computing), 1U, 1'000U) : 1;
  }

  result<void> each(stage what) {
    for (std::size_t i = 0; i < chunks; ++i)
      if (auto done = (this->*what)(buffers_[i % buffers_.size()]); !done) return done;
    return {};
  }
  result<void> side_by_side() {
    std::vector<gpu_call> works;
    for (std::size_t i = 0; i < chunks; ++i)
      works.emplace_back([this, &b = buffers_[i % buffers_.size()]]() -> result<void> {
        if (auto put = copy_in(b); !put) return put;
        if (auto put = compute(b); !put) return put;
        return copy_out(b);
      });
    return holder_.work().fork_join(works);
  }

  double seconds(const gpu_call& what) {
    return failed_(seconds_of(options_.least_seconds, what, [this] { return holder_.work().finish(); }));
  }
  double rate(const gpu_call& what) {
    const double took = seconds(what);
    return took > 0 ? static_cast<double>(chunks) / took : 0;
  }

  bench_report& out_;
  bench_holder& holder_;
  const gpu_bench_options& options_;
  const std::uint64_t count_;
  first_failure failed_;
  std::vector<buffer> buffers_{gpu_settings{}.num_streams};  ///< one a stream, which has no other
  unsigned repeats_ = 1;
};

}  // namespace

result<void> add_copy_pipeline(bench_report& out, bench_holder& holder, const gpu_bench_options& options) {
  return copy_pipeline{out, holder, options}.measure();
}

}  // namespace dunlin::bench
