// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/step_gate.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "gpu/cpu/executor.hpp"
#include "gpu/cpu/pinning.hpp"

namespace dunlin {

namespace {

std::uint64_t thread_busy_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(t.tv_nsec);
}

void count_step(share_use& used, std::uint64_t busy_ns) noexcept {
  used.busy_ns += busy_ns;
  used.launches += 1;
  used.busy_is = exactness::exact;
}

time_point wall_now() noexcept {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

class step_gate::session final : public share_session {
 public:
  session(std::shared_ptr<step_gate> gate, place_pointer own, std::function<bool()> stopped)
      : gate_(std::move(gate)), place_(std::move(own)), stopped_(std::move(stopped)), contract_(place_->contract) {
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

 private:
  friend class step_gate;

  void begin() {
    bind();
    began_ns_ = thread_busy_ns();
  }

  /// Moves this thread to the cores of its units, if those have changed.
  void bind() {
    const auto& cores = gate_->options_.cores;
    const bool bound = !usual_cores_.empty();
    if (cores.empty() || (bound && units_ == contract_.granted.units)) return;
    if (!bound) usual_cores_ = cores_of_this_thread();
    units_ = contract_.granted.units;
    std::vector<std::uint32_t> own;
    own.reserve(units_.size());
    for (const auto unit : units_) own.push_back(cores[unit % cores.size()]);
    pin_this_thread(own.empty() ? cores : own);
  }

  std::shared_ptr<step_gate> gate_;
  place_pointer place_;
  std::function<bool()> stopped_;
  share_contract contract_;  ///< as of the step that runs
  std::vector<std::uint32_t> units_;
  std::vector<std::uint32_t> usual_cores_;  ///< before the first `bind`
  std::uint64_t began_ns_ = 0;
  share_use used_;
  bool over_ = false;  ///< no step runs any more
};

step_gate::step_gate(step_gate_options options)
    : options_(std::move(options)), turns_(options_.units, options_.terms), told_left_(units_left()) {}

// -- what the arbiter decides

void step_gate::set_terms(const turn_terms& terms) {
  const std::lock_guard lock{mutex_};
  turns_.set_terms(terms);
}

void step_gate::apply(const sharing_effects& decided) {
  struct performer {
    step_gate& gate;
    std::vector<place_pointer>& woken;
    void operator()(const share_granted& e) const { gate.put(e.contract); }
    void operator()(const share_changed& e) const { gate.change(e.contract); }
    void operator()(const share_parked& e) const { gate.park(e.holder); }
    void operator()(const share_revoked& e) const {
      if (auto ended = gate.end(e.holder)) woken.push_back(std::move(ended));
    }
    void operator()(const share_recalled&) const {}
    void operator()(const share_refused&) const {}
  };
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& effect : decided) std::visit(performer{*this, woken}, effect);
    begin_steps(woken);
  }
  tell_units_left();
  for (const auto& one : woken) one->changed.notify_one();
}

void step_gate::remove(agent_id holder) {
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    if (auto ended = end(holder)) {
      ended->given_up = true;
      woken.push_back(std::move(ended));
    }
    turns_.end_step(holder, duration{0}, false);
    begin_steps(woken);
  }
  tell_units_left();
  for (const auto& one : woken) one->changed.notify_one();
}

void step_gate::tell_units_left() {
  if (!options_.on_units_left) return;
  std::unique_lock lock{mutex_};
  auto left = units_left();
  lock.unlock();
  if (left == told_left_) return;
  told_left_ = std::move(left);
  options_.on_units_left(told_left_);
}

/// A contract that names no units is for all of them.
std::vector<std::uint32_t> step_gate::units_left() const {
  std::vector<bool> taken(options_.units);
  for (const auto& [holder, one] : places_) {
    if (one->parked) continue;
    const auto& units = one->contract.granted.units;
    if (units.empty()) return {};
    for (const auto unit : units) taken[unit] = true;
  }
  std::vector<std::uint32_t> left;
  for (std::uint32_t unit = 0; unit < options_.units; ++unit)
    if (!taken[unit]) left.push_back(unit);
  return left;
}

void step_gate::put(const share_contract& contract) {
  auto& own = places_[contract.holder];
  if (!own || own->contract.id != contract.id) own = std::make_shared<place>();
  own->contract = contract;
  own->parked = false;
  turns_.put(contract);
}

void step_gate::park(agent_id holder) {
  places_.at(holder)->parked = true;
  turns_.park(holder);
}

void step_gate::change(const share_contract& contract) {
  put(contract);
  pauses_.on_changed(contract.holder, contract.granted.lane, wall_now());
}

step_gate::place_pointer step_gate::end(agent_id holder) {
  pauses_.forget(holder);
  auto node = places_.extract(holder);
  turns_.remove(holder);
  if (node.empty()) return nullptr;
  node.mapped()->ended = true;
  return node.mapped();
}

void step_gate::begin_steps(std::vector<place_pointer>& woken) {
  std::vector<agent_id> begun;
  turns_.take_begun(begun);
  for (const auto holder : begun) {
    const auto& own = places_.at(holder);
    own->begun = true;
    woken.push_back(own);
    if (!pauses_.empty()) note_pauses(holder);
  }
}

void step_gate::note_pauses(agent_id begun) {
  pauses_.on_begun(
      begun, wall_now(), [this](agent_id holder) { return turns_.waits(holder); },
      [this](agent_id holder, duration pause) {
        places_.at(holder)->used.pause_ns = static_cast<std::uint64_t>(std::max(pause.count(), duration::rep{1}));
      });
}

// -- what the holders do

result<std::unique_ptr<share_session>> step_gate::enter(agent_id holder, lease_id lease,
                                                        std::function<bool()> stopped) {
  const auto alive = shared_from_this();  // a thread that waits may be given up together with its device
  lock_type lock{mutex_};
  const auto found = places_.find(holder);
  if (found == places_.end())
    return fail(errc::not_holder, "agent " + std::to_string(holder.value) + " has no share of this device");
  const auto own = found->second;
  if (own->contract.id != lease)
    return fail(errc::fenced_off, "lease " + std::to_string(lease.value) + " is over, lease " +
                                      std::to_string(own->contract.id.value) + " is in force");
  if (auto here = turns_.arrive(holder, own->contract.token); !here) return fail(std::move(here.error()));
  if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
  if (auto begun = wait_for_turn(lock, holder, *own, stopped); !begun) return fail(std::move(begun.error()));
  return std::make_unique<session>(alive, own, std::move(stopped));
}

/// One more of the executor's threads may run while this one sleeps.
result<void> step_gate::wait_for_turn(lock_type& lock, agent_id holder, place& own,
                                      const std::function<bool()>& stopped) {
  std::vector<place_pointer> woken;
  begin_steps(woken);
  const auto wake_others = [&] {
    for (const auto& one : woken)
      if (one.get() != &own) one->changed.notify_one();
    woken.clear();
  };
  if (!own.begun) {
    lock.unlock();
    wake_others();
    const executor::blocked waiting;
    lock.lock();
    while (!own.begun && !own.ended && !(stopped && stopped())) own.changed.wait(lock);
    if (!own.begun) {
      if (!own.ended) turns_.withdraw(holder);
      return own.ended ? fail(errc::lease_expired, "the lease ended while its step waited")
                       : fail(errc::cancelled, "stopped while its step waited for its turn");
    }
  }
  own.begun = false;
  if (own.ended) {
    turns_.end_step(holder, duration{0}, false);
    return fail(errc::lease_expired, "the lease ended while its step waited");
  }
  if (woken.empty()) return {};
  lock.unlock();
  wake_others();
  lock.lock();
  return {};
}

result<void> step_gate::next_step(session& of) {
  const auto busy = thread_busy_ns() - of.began_ns_;
  lock_type lock{mutex_};
  auto& own = *of.place_;
  const auto holder = own.contract.holder;
  // The step of a lease that has ended runs until its thread leaves; there it is counted.
  if (of.over_ || own.ended) return fail(errc::lease_expired, "the lease has ended", "return soon");
  count_step(own.used, busy);
  count_step(of.used_, busy);
  turns_.end_step(holder, duration{static_cast<std::int64_t>(busy)}, true);
  if (!pauses_.empty()) pauses_.on_ready(holder, wall_now());
  if (auto begun = wait_for_turn(lock, holder, own, of.stopped_); !begun) {
    of.over_ = true;
    return begun;
  }
  if (of.contract_.token != own.contract.token) of.contract_ = own.contract;
  return {};
}

void step_gate::leave(session& of) noexcept {
  if (of.over_) return;
  const auto busy = thread_busy_ns() - of.began_ns_;
  std::vector<place_pointer> woken;
  {
    const std::lock_guard lock{mutex_};
    auto& own = *of.place_;
    count_step(own.used, busy);
    if (own.given_up) return;
    turns_.end_step(own.contract.holder, duration{static_cast<std::int64_t>(busy)}, false);
    begin_steps(woken);
  }
  for (const auto& one : woken) one->changed.notify_one();
}

void step_gate::wake(agent_id holder) {
  const std::lock_guard lock{mutex_};
  if (const auto found = places_.find(holder); found != places_.end()) found->second->changed.notify_one();
}

share_use step_gate::take_use(agent_id holder) {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(holder);
  return found == places_.end() ? share_use{} : std::exchange(found->second->used, {});
}

}  // namespace dunlin
