// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/neighbours.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "cli/bench/coordination/working_crew.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// The time of the first agent's steps, but for the first few: the host runs ahead of the GPU by two of them.
class step_watch {
 public:
  explicit step_watch(std::uint32_t steps) : steps_(std::max(steps, 1U)) {}

  void count() {
    const std::lock_guard lock{mutex_};
    ++done_;
    if (done_ == warm) from_ = clock_type::now();
    if (done_ != warm + steps_) return;
    seconds_ = std::chrono::duration<double>(clock_type::now() - from_).count();
    ended_.notify_one();
  }
  /// Returns the seconds of a step, or 0 if the agent did not get so far.
  double wait() {
    std::unique_lock lock{mutex_};
    ended_.wait_for(lock, patience, [this] { return seconds_ > 0; });
    return seconds_ / steps_;
  }

 private:
  static constexpr std::uint32_t warm = 4;
  static constexpr auto patience = std::chrono::seconds{30};

  const std::uint32_t steps_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint32_t done_ = 0;
  clock_type::time_point from_;
  double seconds_ = 0;
};

/// Returns the seconds of a step of the first of these agents.
result<double> step_of_first(shared_device& device, const std::vector<load_kind>& kinds, const load_repeats& repeats,
                             const gpu_bench_options& options) {
  auto agents = gpu_agents::make(device.port(), kinds, repeats, options);
  if (!agents) return fail(std::move(agents.error()));
  step_watch watch{options.steps / 4};
  share_wish part;
  part.compute_milli = 1'000 / static_cast<std::uint32_t>(kinds.size());
  working_crew crew{device, std::vector<share_wish>(kinds.size(), part), [&](agent_id agent) {
                      auto done = (*agents)->step(agent);
                      if (agent.value == 1) watch.count();
                      return done;
                    }};
  crew.begin();
  const double took = watch.wait();
  if (auto ended = crew.end(); !ended) return fail(std::move(ended.error()));
  if (took == 0)
    return fail(errc::timeout, "an agent's steps did not end", "the GPU is slower than this bench expects");
  return took;
}

}  // namespace

result<double> slowdown_beside(shared_device& device, load_kind one, load_kind other, const load_repeats& repeats,
                               const gpu_bench_options& options) {
  auto alone = step_of_first(device, {one}, repeats, options);
  if (!alone) return alone;
  auto beside = step_of_first(device, {one, other}, repeats, options);
  if (!beside) return beside;
  return *beside / *alone;
}

}  // namespace dunlin::bench
