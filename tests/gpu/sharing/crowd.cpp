// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/sharing/crowd.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "coordination/sharing/patterns/share_options.hpp"
#include "gpu/cpu/cpu_device.hpp"
#include "gpu/cpu/pinning.hpp"
#include "tests/gpu/run_directory.hpp"

namespace dunlin::testing {

namespace {

duration cpu_time() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

time_point wall_time() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

std::shared_ptr<cpu_device> open_device(const std::string& directory) {
  cpu_device_options options;
  options.run_directory = directory;
  options.workers = static_cast<std::uint32_t>(std::min<std::size_t>(allowed_cores().size(), 2));
  options.memory_bytes = 1 << 20;
  return cpu_device::make(std::move(options)).value();
}

/// The arbiter of the device, for many threads.
class desk {
 public:
  desk(cpu_device& device, sharing_pattern pattern) : desk(*device.gate(), capacity_of(device), pattern) {}

  /// Waits for a share.
  share_contract acquire(agent_id agent, std::uint32_t milli) {
    std::unique_lock lock{mutex_};
    share_request asked;
    asked.request = {agent.value};
    asked.holder = agent;
    asked.wish.compute_milli = milli;
    asked.in_steps = true;
    if (!arbiter_.request(asked, wall_time(), out_)) return {};
    perform();
    granted_.wait(lock, [&] { return granted_to_.contains(agent); });
    return granted_to_.extract(agent).mapped();
  }

  bool give_back(agent_id agent) {
    const std::lock_guard lock{mutex_};
    gate_.remove(agent);
    const auto held = arbiter_.contracts();
    const auto own = std::ranges::find(held, agent, &share_contract::holder);
    const bool given = own != held.end() && arbiter_.release(agent, own->token, wall_time(), out_);
    perform();
    return given;
  }

 private:
  desk(share_gate& gate, const device_capacity& capacity, sharing_pattern pattern)
      : gate_(gate), arbiter_(config_of(capacity), make_rule({.pattern = pattern}, capacity).value()) {}

  static device_capacity capacity_of(const cpu_device& device) {
    return {device_id{0}, device.properties().compute_units, 1 << 20};
  }
  static arbiter_config config_of(const device_capacity& capacity) {
    arbiter_config out;
    out.capacity = capacity;
    out.terms.ttl = out.terms.max_hold = out.terms.patience = std::chrono::hours{1};
    return out;
  }
  void perform() {
    gate_.apply(out_);
    for (const auto& effect : out_)
      if (const auto* granted = std::get_if<share_granted>(&effect))
        granted_to_[granted->contract.holder] = granted->contract;
    out_.clear();
    granted_.notify_all();
  }

  share_gate& gate_;
  std::mutex mutex_;
  std::condition_variable granted_;
  arbiter arbiter_;
  sharing_effects out_;
  std::map<agent_id, share_contract> granted_to_;
};

class crowd {
 public:
  explicit crowd(const crowd_plan& plan)
      : plan_(plan), device_(open_device(directory_.path())), desk_(*device_, plan.pattern) {
    out_.busy.resize(plan.agents);
  }

  crowd_outcome run() {
    std::vector<std::thread> threads;
    for (std::size_t agent = 0; agent < plan_.agents; ++agent) threads.emplace_back([this, agent] { work(agent); });
    for (auto& thread : threads) thread.join();
    return std::move(out_);
  }

 private:
  void work(std::size_t agent) {
    while (!is_over()) {
      const auto contract = desk_.acquire({agent + 1}, 1'000 / plan_.agents);
      work_by(contract, agent);
      if (!desk_.give_back({agent + 1})) count_failure();
    }
  }

  void work_by(const share_contract& contract, std::size_t agent) {
    auto session = device_->gate()->enter(contract.holder, contract.id, [] { return false; });
    if (!session) return count_failure();
    for (std::uint32_t i = 0; i < plan_.steps_per_lease && !is_over(); ++i) {
      const auto from = cpu_time();
      while (cpu_time() < from + plan_.step) {
      }
      log({agent, cpu_time() - from}, (*session)->contract().granted.quantum);
      if (!(*session)->next_step()) return count_failure();
    }
    const std::lock_guard lock{mutex_};
    out_.busy[agent] += duration{static_cast<duration::rep>((*session)->used().busy_ns)};
  }

  /// From the moment when all of them have come.
  void log(const crowd_step& step, duration quantum) {
    const std::lock_guard lock{mutex_};
    ++steps_;
    seen_.insert_or_assign(step.agent, true);
    out_.quantum = quantum;
    if (seen_.size() == plan_.agents && !is_over()) out_.steps.push_back(step);
  }
  void count_failure() {
    const std::lock_guard lock{mutex_};
    ++out_.failures;
  }
  [[nodiscard]] bool is_over() const { return steps_ >= plan_.steps_in_all; }

  const crowd_plan plan_;
  run_directory directory_;
  std::shared_ptr<cpu_device> device_;
  desk desk_;
  std::atomic<std::uint32_t> steps_{0};
  std::mutex mutex_;
  std::map<std::size_t, bool> seen_;
  crowd_outcome out_;
};

}  // namespace

crowd_outcome run_crowd(const crowd_plan& plan) { return crowd{plan}.run(); }

}  // namespace dunlin::testing
