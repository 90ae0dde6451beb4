// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/work_meter.hpp"

namespace dunlin::cuda {

void work_meter::add(agent_id holder, const std::shared_ptr<holder_work>& work) {
  const std::lock_guard lock{mutex_};
  std::erase_if(works_, [](const auto& one) { return one.second.expired(); });
  works_[holder] = work;
}

void work_meter::shut(agent_id holder) {
  if (const auto work = find(holder)) work->shut();
}

std::shared_ptr<holder_work> work_meter::find(agent_id holder) const {
  const std::lock_guard lock{mutex_};
  const auto found = works_.find(holder);
  return found == works_.end() ? nullptr : found->second.lock();
}

/// What they have come to, not the works: whoever is asked here may be about to end, and his memory with him.
std::vector<std::shared_ptr<stream_progress>> work_meter::progress_on(const std::vector<std::uint32_t>& units,
                                                                      agent_id but) const {
  std::vector<std::shared_ptr<holder_work>> alive;  // the last of one may end here, outside the lock
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [holder, weak] : works_)
      if (auto work = weak.lock(); holder != but && work != nullptr) alive.push_back(std::move(work));
  }
  std::vector<std::shared_ptr<stream_progress>> out;
  for (const auto& work : alive)
    if (work->has_units_of(units)) out.push_back(work->progress());
  return out;
}

/// Those of a pool run at once, each wherever the GPU has room: a context of its own for each step would cost more than
/// the step.
result<void> work_meter::begin(const share_contract& contract, const std::vector<std::uint32_t>& units) {
  const auto work = find(contract.holder);
  if (work == nullptr) return {};
  if (contract.granted.pooled) {
    if (auto there = work->go_to({}); !there) return there;
    return work->begin({});
  }
  if (auto there = work->go_to(units); !there) return there;
  return work->begin(progress_on(units, contract.holder));
}

std::uint64_t work_meter::count(const holder_work& work, std::uint64_t busy_ns) {
  const auto units = work.unit_count();
  busy_ns_.fetch_add(busy_ns * (units == 0 ? units_ : units), std::memory_order_relaxed);
  return busy_ns;
}

std::uint64_t work_meter::end(agent_id holder) {
  const auto work = find(holder);
  return work == nullptr ? 0 : count(*work, work->end());
}

std::uint64_t work_meter::leave(agent_id holder) {
  const auto work = find(holder);
  if (work == nullptr) return 0;
  const auto busy = count(*work, work->leave());
  // Its green context ends with it: it may not stay the thread's.
  static_cast<void>(context_->make_current());
  return busy;
}

}  // namespace dunlin::cuda
