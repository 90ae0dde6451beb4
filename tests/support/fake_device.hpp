// SPDX-License-Identifier: Apache-2.0
// A device without threads: nothing runs until the test says so, and time is what the test sets.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "coordination/ports.hpp"
#include "gpu/memory/arena.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin::testing {

struct fake_device_options {
  device_properties properties{device_id{0}, "cpu", "fake", 1, 1 << 20, "hard"};
  std::size_t queue_capacity = 65'536;
};

/// Implements `device_port` for one thread. `run_next` and `run_all` stand for the device's own threads.
class fake_device final : public device_port {
 public:
  explicit fake_device(fake_device_options options = {})
      : options_(std::move(options)), budget_(std::make_shared<memory_budget>(options_.properties.memory_bytes)) {}

  ~fake_device() override {
    while (!running_.empty()) abandon(running_.begin()->first);
    for (auto& step : std::exchange(waiting_, {})) refuse(step, errc::shutting_down);
  }

  [[nodiscard]] device_properties properties() const override { return options_.properties; }

  [[nodiscard]] device_telemetry telemetry() const override { return telemetry_; }

  /// What it says of itself from now on.
  void set_telemetry(device_telemetry told) { telemetry_ = std::move(told); }

  [[nodiscard]] result<void> health() const override {
    if (fault_.code == errc::none) return {};
    return fail(error{fault_});
  }

  /// It says so from now on, to whoever asks.
  void break_with(error why) { fault_ = std::move(why); }

  result<void> submit(device_step step) override {
    if (waiting_.size() >= options_.queue_capacity) return fail(errc::overloaded, "the fake device is full");
    if (is_fenced(step)) return fail(errc::fenced_off, "a newer token is known");
    if (step.queue != 0) lowest_[step.queue] = std::max(lowest_[step.queue], step.token);
    waiting_.push_back(std::move(step));
    return {};
  }

  void fence(std::uint64_t queue, fencing_token lowest) override { lowest_[queue] = std::max(lowest_[queue], lowest); }

  share_gate* gate() override { return gate_.get(); }

  /// From now on holders pass it; without one, steps run when a test says so.
  void set_gate(std::shared_ptr<share_gate> gate) { gate_ = std::move(gate); }

  bool abandon(std::uint64_t queue) override {
    const auto found = running_.find(queue);
    if (found == running_.end()) return false;
    auto step = std::move(found->second);
    running_.erase(found);
    fence(queue, ~fencing_token{0});
    ++stuck_;
    refuse(step, errc::stuck_handler);
    late_.push_back(std::move(step));
    return true;
  }

  result<std::shared_ptr<std::pmr::memory_resource>> reserve(std::uint64_t cap_bytes,
                                                             const std::string& holder) override {
    auto made = arena::make(budget_, cap_bytes, holder);
    if (!made) return fail(std::move(made.error()));
    return std::shared_ptr<std::pmr::memory_resource>(std::move(*made));
  }

  /// What the next steps seem to take.
  void set_cost(std::uint64_t wall_ns, std::uint64_t busy_ns) {
    wall_ns_ = wall_ns;
    busy_ns_ = busy_ns;
  }

  /// The next `steps` end with `why` instead of being run.
  void fail_next(std::size_t steps, error why) {
    failures_ = steps;
    failure_ = std::move(why);
  }

  /// Returns how many steps it was to run, failed ones included.
  [[nodiscard]] std::size_t steps_run() const noexcept { return steps_run_; }

  /// Runs the oldest step that may run, to its end. Returns false if there is none.
  bool run_next() {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](auto& s) { return may_begin(s); });
    if (next == waiting_.end()) return false;
    auto step = std::move(*next);
    waiting_.erase(next);
    if (is_fenced(step))
      refuse(step, errc::fenced_off);
    else
      run(step);
    return true;
  }

  /// Returns how many steps it ran.
  std::size_t run_all() {
    std::size_t count = 0;
    while (run_next()) ++count;
    return count;
  }

  /// Begins the oldest step of `queue` without running it, as if it hung. Returns false if there is none.
  bool begin(std::uint64_t queue) {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](auto& s) { return s.queue == queue; });
    if (next == waiting_.end() || !may_begin(*next)) return false;
    running_.emplace(queue, std::move(*next));
    waiting_.erase(next);
    return true;
  }

  /// Ends the step that `begin` left hanging: it runs now.
  bool finish(std::uint64_t queue) {
    const auto found = running_.find(queue);
    if (found == running_.end()) return false;
    auto step = std::move(found->second);
    running_.erase(found);
    run(step);
    return true;
  }

  /// Lets every abandoned step return after all; nobody may hear of it.
  void return_late() {
    for (auto& step : std::exchange(late_, {})) static_cast<void>(step.run());
  }

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::size_t stuck() const noexcept { return stuck_; }

 private:
  bool is_fenced(const device_step& step) const {
    const auto found = lowest_.find(step.queue);
    if (found == lowest_.end()) return false;
    return found->second == ~fencing_token{0} || (step.token != 0 && step.token < found->second);
  }

  bool may_begin(const device_step& step) const { return step.queue == 0 || !running_.contains(step.queue); }

  void run(device_step& step) {
    step_report report;
    report.wall_ns = wall_ns_;
    report.busy_ns = busy_ns_;
    ++steps_run_;
    try {
      report.outcome = failures_ > 0 ? fails() : step.run();
    } catch (const memory_exhausted& e) {
      report.outcome = fail(errc::quota_exceeded, e.what());
    } catch (const std::exception& e) {
      report.outcome = fail(errc::handler_threw, e.what());
    }
    std::exchange(step.done, nullptr)(std::move(report));
  }

  result<void> fails() {
    --failures_;
    return fail(error{failure_});
  }

  static void refuse(device_step& step, errc why) {
    step_report report;
    report.outcome = fail(why, "refused by the fake device");
    std::exchange(step.done, nullptr)(std::move(report));
  }

  fake_device_options options_;
  std::shared_ptr<share_gate> gate_;
  std::shared_ptr<memory_budget> budget_;
  std::deque<device_step> waiting_;
  std::map<std::uint64_t, device_step> running_;
  std::map<std::uint64_t, fencing_token> lowest_;
  std::deque<device_step> late_;
  std::uint64_t wall_ns_ = 1'000;
  std::uint64_t busy_ns_ = 1'000;
  std::size_t stuck_ = 0;
  device_telemetry telemetry_;
  std::size_t steps_run_ = 0;
  std::size_t failures_ = 0;  ///< to come
  error failure_{errc::none};
  error fault_{errc::none};
};

}  // namespace dunlin::testing
