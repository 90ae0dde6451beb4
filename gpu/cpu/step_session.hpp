// SPDX-License-Identifier: Apache-2.0
// Private to the gate: a holder's side of it, in the hands of the holder's thread.
#pragma once

#include <chrono>
#include <utility>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/helper_time.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/step_gate.hpp"

namespace dunlin {

inline time_point wall_now() noexcept {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

class step_gate::session final : public share_session {
 public:
  /// Under the gate's mutex; then `begin`, without it. `usual`: the cores of this thread before it came to the gate.
  session(std::shared_ptr<step_gate> gate, place_pointer own, std::function<bool()> stopped,
          std::vector<std::uint32_t> usual)
      : gate_(std::move(gate)),
        place_(std::move(own)),
        stopped_(std::move(stopped)),
        contract_(place_->contract),
        units_(place_->units),
        cores_(gate_->cores_of(units_)),
        usual_(std::move(usual)),
        waited_before_(place_->waited) {}
  ~session() override {
    const bool is_tied = place_->thread.cores() != usual_;
    gate_->leave(*this);
    if (is_tied && !executor::leave_tied()) pin_this_thread(usual_);
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  result<void> next_step() override {
    if (auto next = gate_->next_step(*this); !next) return next;
    return begin();
  }

  result<void> rest() override { return gate_->rest(*this); }
  result<void> resume() override {
    if (auto next = gate_->resume(*this); !next) return next;
    return begin();
  }

  [[nodiscard]] const share_contract& contract() const override { return contract_; }
  [[nodiscard]] share_use used() const override { return used_; }
  [[nodiscard]] duration waited() const override { return place_->waited - waited_before_; }

  void measure_memory(std::function<std::uint64_t()> peak_bytes) override {
    const std::lock_guard lock{gate_->mutex_};
    place_->peak_bytes = std::move(peak_bytes);
  }

  result<void> join_stage(std::string_view stage) override { return gate_->join_stage(*this, stage); }
  result<std::optional<stage_item>> take_item() override { return go_on_with(gate_->take_item(*this)); }
  result<void> put_item(shared_bytes output) override { return go_on_with(gate_->put_item(*this, std::move(output))); }
  result<void> fail_item(error why) override { return gate_->fail_item(*this, std::move(why)); }
  void leave_stage() noexcept override { gate_->leave_stage(*this); }

 private:
  friend class step_gate;

  void count_step(std::uint64_t busy_ns) noexcept {
    for (auto* books : {&place_->used, &used_}) {
      books->busy_ns += busy_ns;
      books->launches += 1;
      // Where others work beside it on units of their own, its time is of its part alone.
      books->busy_is = meter() == nullptr || units_.empty() ? exactness::exact : exactness::weighted;
    }
  }

  /// Errors: those of the device, which ends the session's steps.
  result<void> begin() {
    place_->thread.go_to(cores_);
    began_ns_ = thread_busy_ns();
    measured_ns_ = 0;
    if (meter() == nullptr) return {};
    auto begun = meter()->begin(contract_, units_);
    if (begun) return begun;
    gate_->leave(*this);
    over_ = true;
    return begun;
  }

  /// Returns what the step used, on its own thread.
  std::uint64_t end() {
    if (meter() == nullptr) return thread_busy_ns() - began_ns_;
    return measured_ns_ += meter()->end(contract_.holder);
  }
  std::uint64_t end_for_good() {
    if (meter() == nullptr) return thread_busy_ns() - began_ns_;
    return measured_ns_ += meter()->leave(contract_.holder);
  }

  /// A refusal that changed nothing leaves the step as it was.
  template <class Answer>
  Answer go_on_with(Answer answer) {
    if (!answer && !over_ && meter() != nullptr) static_cast<void>(meter()->begin(contract_, units_));
    return answer;
  }

  [[nodiscard]] step_meter* meter() const noexcept { return gate_->options_.meter.get(); }

  std::shared_ptr<step_gate> gate_;
  place_pointer place_;
  std::function<bool()> stopped_;
  share_contract contract_;           ///< as of the step that runs
  std::vector<std::uint32_t> units_;  ///< of the step that runs; empty = all
  std::vector<std::uint32_t> cores_;  ///< of the units of the step that runs; empty = threads are not tied
  std::vector<std::uint32_t> usual_;  ///< of the thread, before it came
  duration waited_before_;            ///< at the place, for its first step and those of earlier sessions
  std::uint64_t began_ns_ = 0;
  std::uint64_t measured_ns_ = 0;  ///< by the meter, of the step that runs
  share_use used_;
  bool over_ = false;  ///< no step runs any more
};

}  // namespace dunlin
