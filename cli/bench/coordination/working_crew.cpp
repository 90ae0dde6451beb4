// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/working_crew.hpp"

#include <utility>

namespace dunlin::bench {

share_wish working_crew::least_wish() {
  share_wish out;
  out.compute_milli = 1;
  return out;
}

void working_crew::begin(std::uint32_t steps) {
  steps_ = steps;
  stop_ = false;
  left_ = agents();
  seconds_.assign(agents(), 0);
  from_ = clock_type::now();
  for (std::uint64_t agent = 1; agent <= agents(); ++agent) {
    const auto asked =
        device_.ask({agent}, wishes_[agent - 1], [this](const share_contract& contract) { start(contract); });
    if (!asked) end_part({agent}, asked);
  }
}

result<std::vector<double>> working_crew::wait() {
  std::unique_lock lock{mutex_};
  ended_.wait(lock, [this] { return left_ == 0; });
  if (failure_) return fail(std::move(*std::exchange(failure_, {})));
  return std::move(seconds_);
}

result<void> working_crew::end() {
  stop_ = true;
  for (std::uint64_t agent = 1; agent <= agents(); ++agent) device_.gate().wake({agent});
  if (auto ran = wait(); !ran) return fail(std::move(ran.error()));
  return {};
}

void working_crew::start(const share_contract& contract) {
  device_step out;
  out.queue = contract.holder.value;
  out.token = contract.token;
  out.run = [this, holder = contract.holder, lease = contract.id] { return work(holder, lease); };
  out.done = [this, holder = contract.holder](const step_report& report) { end_part(holder, report.outcome); };
  if (auto queued = device_.device().submit(std::move(out)); !queued) end_part(contract.holder, queued);
}

/// An agent that is stopped while it waits has not failed.
result<void> working_crew::work(agent_id holder, lease_id lease) {
  const auto ended = [this](error why) -> result<void> {
    if (stop_ && why.code == errc::cancelled) return {};
    return fail(std::move(why));
  };
  const auto share = device_.gate().enter(holder, lease, [this] { return stop_.load(); });
  if (!share) return ended(error{share.error()});
  for (std::uint32_t done = 1; !stop_; ++done) {
    const auto from = clock_type::now();
    if (auto did = work_(holder); !did) return did;
    note(std::chrono::duration_cast<std::chrono::nanoseconds>(clock_type::now() - from).count());
    if (done == steps_) return {};
    if (auto next = (*share)->next_step(); !next) return ended(std::move(next.error()));
  }
  return {};
}

void working_crew::note(std::int64_t step_ns) noexcept {
  auto longest = longest_ns_.load();
  while (step_ns > longest && !longest_ns_.compare_exchange_weak(longest, step_ns)) {
  }
}

void working_crew::end_part(agent_id holder, const result<void>& outcome) {
  device_.give_back(holder);
  const std::lock_guard lock{mutex_};
  if (!outcome && !failure_) failure_ = outcome.error();
  seconds_[holder.value - 1] = std::chrono::duration<double>(clock_type::now() - from_).count();
  if (--left_ == 0) ended_.notify_one();
}

}  // namespace dunlin::bench
