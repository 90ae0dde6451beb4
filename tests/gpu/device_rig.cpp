// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/device_rig.hpp"

#include <algorithm>
#include <chrono>

#include "gpu/cpu/cpu_device.hpp"
#include "tests/support/fake_device.hpp"

namespace dunlin::testing {

using namespace std::chrono_literals;

std::function<void(step_report)> report_log::expect(int tag) {
  return [this, tag](step_report report) {
    std::lock_guard lock{mutex_};
    reports_.emplace_back(tag, std::move(report));
    changed_.notify_all();
  };
}

bool report_log::wait_for(std::size_t count) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, 60s, [&] { return reports_.size() >= count; });
}

std::vector<int> report_log::tags() const {
  std::lock_guard lock{mutex_};
  std::vector<int> out;
  for (const auto& [tag, report] : reports_) out.push_back(tag);
  return out;
}

std::size_t report_log::count(int tag) const {
  const auto all = tags();
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), tag));
}

step_report report_log::of(int tag) const {
  std::lock_guard lock{mutex_};
  for (const auto& [seen, report] : reports_)
    if (seen == tag) return report;
  step_report none;
  none.outcome = fail(errc::internal, "no report");
  return none;
}

errc report_log::code(int tag) const {
  const auto report = of(tag);
  return report.outcome ? errc::none : report.outcome.error().code;
}

namespace {

/// A device with threads of its own.
class threaded_rig final : public device_rig {
 public:
  threaded_rig(std::shared_ptr<device_port> device, std::shared_ptr<void> beneath)
      : beneath_(std::move(beneath)), device_(std::move(device)) {}
  ~threaded_rig() override { let_go(); }

  device_port& port() override { return *device_; }
  bool settle(report_log& log, std::size_t count) override { return log.wait_for(count); }

  result<void> hold(std::uint64_t queue, fencing_token token, std::function<void(step_report)> done) override {
    const auto before = gate_->count(&gate::held);
    auto run = [gate = gate_]() -> result<void> { return gate->pass(), result<void>{}; };
    auto taken = device_->submit({queue, token, std::move(run), std::move(done)});
    if (taken) gate_->await(&gate::held, before + 1);
    return taken;
  }

  void let_go() override {
    gate_->open();
    gate_->await(&gate::passed, gate_->count(&gate::held));
  }

  void destroy() override { device_.reset(); }

 private:
  struct gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_open = false;
    std::size_t held = 0;
    std::size_t passed = 0;

    void pass() {
      std::unique_lock lock{mutex};
      ++held;
      changed.notify_all();
      changed.wait_for(lock, 60s, [&] { return is_open; });
      ++passed;
      changed.notify_all();
    }
    void open() {
      std::lock_guard lock{mutex};
      is_open = true;
      changed.notify_all();
    }
    std::size_t count(std::size_t gate::*which) {
      std::lock_guard lock{mutex};
      return this->*which;
    }
    void await(std::size_t gate::*which, std::size_t target) {
      std::unique_lock lock{mutex};
      changed.wait_for(lock, 60s, [&] { return this->*which >= target; });
    }
  };

  std::shared_ptr<void> beneath_;  // outlives the device
  std::shared_ptr<device_port> device_;
  std::shared_ptr<gate> gate_ = std::make_shared<gate>();  // an abandoned step may outlive the rig
};

class fake_rig final : public device_rig {
 public:
  device_port& port() override { return *device_; }
  bool settle(report_log& log, std::size_t count) override { return device_->run_all(), log.tags().size() >= count; }

  result<void> hold(std::uint64_t queue, fencing_token token, std::function<void(step_report)> done) override {
    auto taken = device_->submit({queue, token, [] { return result<void>{}; }, std::move(done)});
    if (taken && device_->begin(queue)) held_.push_back(queue);
    return taken;
  }

  void let_go() override {
    for (const auto queue : std::exchange(held_, {})) device_->finish(queue);
    device_->return_late();
  }

  void destroy() override { device_.reset(); }

 private:
  static fake_device_options small() {
    fake_device_options options;
    options.queue_capacity = 4;
    return options;
  }
  std::unique_ptr<fake_device> device_ = std::make_unique<fake_device>(small());
  std::vector<std::uint64_t> held_;
};

}  // namespace

std::unique_ptr<device_rig> make_threaded_rig(std::shared_ptr<device_port> device, std::shared_ptr<void> beneath) {
  return std::make_unique<threaded_rig>(std::move(device), std::move(beneath));
}

std::unique_ptr<device_rig> make_cpu_rig() {
  cpu_device_options options;
  options.workers = 2;
  options.queue_capacity = 4;
  options.memory_bytes = 1 << 20;
  options.stop_patience = 50ms;
  return make_threaded_rig(cpu_device::make(options).value());
}

std::unique_ptr<device_rig> make_fake_rig() { return std::make_unique<fake_rig>(); }

}  // namespace dunlin::testing
