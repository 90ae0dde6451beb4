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
        cores_(gate_->cores_of(place_->units)),
        usual_(std::move(usual)) {}
  ~session() override {
    const bool is_tied = place_->thread.cores() != usual_;
    gate_->leave(*this);
    if (is_tied && !executor::leave_tied()) pin_this_thread(usual_);
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
    place_->thread.go_to(cores_);
    began_ns_ = thread_busy_ns();
  }

  std::shared_ptr<step_gate> gate_;
  place_pointer place_;
  std::function<bool()> stopped_;
  share_contract contract_;           ///< as of the step that runs
  std::vector<std::uint32_t> cores_;  ///< of the units of the step that runs; empty = threads are not tied
  std::vector<std::uint32_t> usual_;  ///< of the thread, before it came
  std::uint64_t began_ns_ = 0;
  share_use used_;
  bool over_ = false;  ///< no step runs any more
};

}  // namespace dunlin
