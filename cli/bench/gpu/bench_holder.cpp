// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/gpu/bench_holder.hpp"

#include <utility>

namespace dunlin::bench {

namespace {

constexpr agent_id holder{1'000};
constexpr std::size_t alignment = 256;

}  // namespace

result<std::unique_ptr<bench_holder>> bench_holder::make(std::shared_ptr<device_port> device, std::uint64_t bytes) {
  std::unique_ptr<bench_holder> made{new bench_holder{std::move(device)}};
  auto work = made->device_->open_work(holder, bytes, "bench");
  if (!work) return fail(std::move(work.error()));
  made->work_ = std::move(*work);
  auto& gate = *made->device_->gate();
  static fencing_token tokens = 0;
  share_contract contract;
  contract.holder = holder;
  contract.id = {holder.value};
  contract.token = ++tokens;
  contract.granted.compute_units = 1;
  gate.apply({share_granted{{}, contract}});
  auto entered = gate.enter(holder, contract.id, [] { return false; });
  if (!entered) return fail(std::move(entered.error()));
  made->step_ = std::move(*entered);
  return made;
}

bench_holder::~bench_holder() {
  clear();
  step_.reset();
  device_->gate()->remove(holder);
}

void* bench_holder::take(std::pmr::memory_resource& from, std::uint64_t bytes) {
  taken_.push_back({&from, from.allocate(bytes, alignment), bytes});
  return taken_.back().place;
}

void bench_holder::clear() {
  for (const auto& one : taken_) one.from->deallocate(one.place, one.bytes, alignment);
  taken_.clear();
}

}  // namespace dunlin::bench
