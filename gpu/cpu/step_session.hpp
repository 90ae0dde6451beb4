// SPDX-License-Identifier: Apache-2.0
// Private to the gate: a holder's side of it, in the hands of the holder's thread.
#pragma once

#include <chrono>
#include <ctime>
#include <utility>

#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/step_gate.hpp"

namespace dunlin {

inline std::uint64_t thread_busy_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

inline time_point wall_now() noexcept {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

class step_gate::session final : public share_session {
 public:
  session(std::shared_ptr<step_gate> gate, place_pointer own, std::function<bool()> stopped)
      : gate_(std::move(gate)),
        place_(std::move(own)),
        stopped_(std::move(stopped)),
        contract_(place_->contract),
        step_units_(place_->units) {
    begin();
  }
  ~session() override {
    gate_->leave(*this);
    if (!usual_cores_.empty()) pin_this_thread(usual_cores_);
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  result<void> next_step() override {
    auto next = gate_->next_step(*this);
    if (next) begin();
    return next;
  }

  [[nodiscard]] const share_contract& contract() const override { return contract_; }
  [[nodiscard]] share_use used() const override { return used_; }

  void measure_memory(std::function<std::uint64_t()> peak_bytes) override {
    const std::lock_guard lock{gate_->mutex_};
    place_->peak_bytes = std::move(peak_bytes);
  }

  result<void> join_stage(std::string_view stage) override { return gate_->join_stage(*this, stage); }
  result<std::optional<stage_item>> take_item() override { return gate_->take_item(*this); }
  result<void> put_item(shared_bytes output) override { return gate_->put_item(*this, std::move(output)); }
  result<void> fail_item(error why) override { return gate_->fail_item(*this, std::move(why)); }
  void leave_stage() noexcept override { gate_->leave_stage(*this); }

 private:
  friend class step_gate;

  void count_step(std::uint64_t busy_ns) noexcept {
    for (auto* books : {&place_->used, &used_}) {
      books->busy_ns += busy_ns;
      books->launches += 1;
      books->busy_is = exactness::exact;
    }
  }

  void begin() {
    bind();
    began_ns_ = thread_busy_ns();
  }

  /// Moves this thread to the cores of its units, if those have changed.
  void bind() {
    const auto& cores = gate_->options_.cores;
    const bool bound = !usual_cores_.empty();
    if (cores.empty() || (bound && units_ == step_units_)) return;
    if (!bound) usual_cores_ = cores_of_this_thread();
    units_ = step_units_;
    std::vector<std::uint32_t> own;
    own.reserve(units_.size());
    for (const auto unit : units_) own.push_back(cores[unit % cores.size()]);
    pin_this_thread(own.empty() ? cores : own);
  }

  std::shared_ptr<step_gate> gate_;
  place_pointer place_;
  std::function<bool()> stopped_;
  share_contract contract_;                 ///< as of the step that runs
  std::vector<std::uint32_t> step_units_;   ///< of the step that runs
  std::vector<std::uint32_t> units_;        ///< on whose cores the thread is
  std::vector<std::uint32_t> usual_cores_;  ///< before the first `bind`
  std::uint64_t began_ns_ = 0;
  share_use used_;
  bool over_ = false;  ///< no step runs any more
};

}  // namespace dunlin
