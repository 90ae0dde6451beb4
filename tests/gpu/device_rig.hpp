// SPDX-License-Identifier: Apache-2.0
// One view of every device, so that one suite holds for all of them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coordination/ports.hpp"

namespace dunlin::testing {

/// Collects the reports of steps, from any thread. A wait that lasts a minute fails the test instead of hanging it.
class report_log {
 public:
  /// Returns a `done` that records the report under `tag`.
  std::function<void(step_report)> expect(int tag);

  /// Waits until `count` reports are in.
  bool wait_for(std::size_t count);

  [[nodiscard]] std::vector<int> tags() const;
  /// Returns how often `tag` was reported.
  [[nodiscard]] std::size_t count(int tag) const;
  /// Returns the first report of `tag`; `internal` if there is none.
  [[nodiscard]] step_report of(int tag) const;
  [[nodiscard]] errc code(int tag) const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<int, step_report>> reports_;
};

/// A device under test.
class device_rig {
 public:
  virtual ~device_rig() = default;
  virtual device_port& port() = 0;

  /// Lets the device work until `log` holds `count` reports.
  virtual bool settle(report_log& log, std::size_t count) = 0;

  /// Submits a step that does not return before `let_go`, and waits until it runs.
  virtual result<void> hold(std::uint64_t queue, fencing_token token, std::function<void(step_report)> done) = 0;

  /// Lets every held step return, also those that were abandoned, and waits for that.
  virtual void let_go() = 0;

  /// Destroys the device.
  virtual void destroy() = 0;
};

/// A device that has two workers, room for four waiting steps and 1 MiB. `beneath` outlives it.
std::unique_ptr<device_rig> make_threaded_rig(std::shared_ptr<device_port> device,
                                              std::shared_ptr<void> beneath = nullptr);
std::unique_ptr<device_rig> make_cpu_rig();
/// The same without threads.
std::unique_ptr<device_rig> make_fake_rig();

struct rig_kind {
  const char* name;
  std::unique_ptr<device_rig> (*make)();
};
/// The devices of this test program.
std::vector<rig_kind> every_rig();
/// Why they cannot be had on this machine; empty if they have to.
std::string why_no_rig();

}  // namespace dunlin::testing
