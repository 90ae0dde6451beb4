// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/crew.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

namespace dunlin::sharing {

namespace {

/// Computes for so much processor time, however busy the machine is.
class labour {
 public:
  explicit labour(std::pmr::memory_resource& memory, std::size_t bytes)
      : store_(bytes / sizeof(std::uint64_t), &memory) {}

  void work(milliseconds time) {
    const auto until = cpu_time() + std::chrono::nanoseconds{time};
    while (cpu_time() < until)
      for (int i = 0; i < 1'000; ++i) stir();
  }

 private:
  static std::chrono::nanoseconds cpu_time() noexcept {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
  }

  /// What it has of memory, it goes through at random. Source: Marsaglia, Xorshift RNGs, 2003.
  void stir() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    if (!store_.empty()) store_[state_ % store_.size()] += state_;
  }

  std::uint64_t state_ = 88'172'645'463'325'252;
  std::pmr::vector<std::uint64_t> store_;
};

/// Writes down the steps of one task: each begins and ends where the runtime lets it.
class step_log {
 public:
  step_log(diary& book, std::size_t member, const task_context& task) : book_(book), task_(task) {
    step_.member = member;
    begin();
  }
  ~step_log() { end(); }
  step_log(const step_log&) = delete;
  step_log& operator=(const step_log&) = delete;

  /// Ends the step, waits in `next`, and begins another one, which is a step even if it is the last.
  template <class Next>
  auto between(Next next) {
    end();
    auto out = next();
    begin();
    return out;
  }

 private:
  void begin() {
    step_.begin = std::chrono::steady_clock::now();
    const auto* lease = task_.lease();
    if (lease == nullptr) return;
    step_.first_unit = lease->units.empty() ? 0 : lease->units.front();
    step_.units = lease->compute_units;
    step_.pooled = lease->units.size() > lease->compute_units || lease->pattern == sharing_pattern::pipeline;
  }
  void end() {
    step_.end = std::chrono::steady_clock::now();
    book_.add(step_);
  }

  diary& book_;
  const task_context& task_;
  step_taken step_;
};

class crew_agent final : public agent {
 public:
  crew_agent(diary& book, std::size_t member) : book_(book), member_(member) {}

  result<bytes> handle(task_context& task) override {
    const auto& who = crew()[member_];
    book_.introduce(member_, task.self().agent);
    labour hands{task.memory(), who.memory_bytes / 4 * 3};
    step_log log{book_, member_, task};
    for (auto left = who.steps; left > 0; --left) {
      task.set_steps_left(left);
      if (is_pipeline(task))
        if (auto served = serve(task, hands, log); !served) return fail(std::move(served.error()));
      hands.work(who.step);
      if (auto next = log.between([&] { return task.next_step(); }); !next) return fail(std::move(next.error()));
    }
    return to_bytes("done");
  }

 private:
  static bool is_pipeline(const task_context& task) {
    return task.lease() != nullptr && task.lease()->pattern == sharing_pattern::pipeline;
  }

  /// Works at the stage until the stream ends; the first stage ends it when the device is shared in another way.
  result<void> serve(task_context& task, labour& hands, step_log& log) {
    auto stage = task.join_stage(crew()[member_].name);
    if (!stage) return fail(std::move(stage.error()));
    while (true) {
      if (member_ == 0 && !is_pipeline(task)) return {};
      if (member_ != 0) {
        const auto item = log.between([&] { return stage->take(); });
        if (!item) return fail(error{item.error()});
        if (!*item) return {};
      }
      hands.work(crew()[member_].step);
      if (auto handed = hand_on(*stage, log); !handed) return handed;
    }
  }

  result<void> hand_on(pipeline_stage& stage, step_log& log) {
    if (member_ == 0) return log.between([&] { return stage.put(bytes(64)); });
    if (member_ + 1 == crew_size) book_.count_item();
    return stage.put(bytes(64));
  }

  diary& book_;
  std::size_t member_;
};

}  // namespace

const std::array<crew_member, crew_size>& crew() {
  using namespace std::chrono_literals;
  constexpr std::uint64_t mib = 1U << 20U;
  static const std::array<crew_member, crew_size> all{
      crew_member{"index", "memory-hungry, steps of 6 ms", 25, 5, 6ms, 60, 64 * mib, 0ms, false},
      crew_member{"train", "batch, steps of 20 ms", 30, 5, 20ms, 24, 0, 0ms, false},
      crew_member{"render", "batch, steps of 12 ms", 30, 5, 12ms, 40, 0, 0ms, false},
      crew_member{"answer", "interactive, 3 steps of 3 ms", 15, 8, 3ms, 3, 0, 150ms, true}};
  return all;
}

std::vector<agent_kind> crew_kinds(diary& book) {
  std::vector<agent_kind> out;
  for (std::size_t member = 0; member < crew_size; ++member) {
    auto& kind = out.emplace_back();
    kind.name = crew()[member].name;
    kind.instances = 1;
    kind.make = [&book, member] { return std::make_unique<crew_agent>(book, member); };
  }
  return out;
}

task_spec task_of(const crew_member& who, std::uint32_t units) {
  task_spec out;
  out.shape.kind = who.name;
  out.shape.sharing = sharing_pattern::time_sliced;
  out.shape.needs.cpu_milli = units * who.percent * 10;
  out.shape.needs.host_bytes = who.memory_bytes;
  out.shape.timeout = std::chrono::minutes{1};
  out.shape.retry.max_retries = 0;
  if (who.interactive) out.shape.target_latency = milliseconds{50};
  out.priority = who.priority;
  return out;
}

}  // namespace dunlin::sharing
