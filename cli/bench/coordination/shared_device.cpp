// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/shared_device.hpp"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <algorithm>
#include <filesystem>
#include <utility>

#include "coordination/sharing/patterns/exclusive.hpp"
#include "gpu/cpu/cpu_device.hpp"
#include "gpu/cpu/pinning.hpp"

namespace dunlin::bench {

namespace {

time_point now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

result<std::unique_ptr<shared_device>> shared_device::make(std::uint32_t units) {
  auto directory = (std::filesystem::temp_directory_path() / "dunlin-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return fail(errc::io_failed, "cannot make the directory " + directory);
  const std::shared_ptr<void> kept{nullptr, [directory](void*) {
                                     std::error_code ignored;
                                     std::filesystem::remove_all(directory, ignored);
                                   }};
  cpu_device_options options;
  options.workers = std::clamp(units, 1U, static_cast<std::uint32_t>(allowed_cores().size()));
  options.run_directory = directory;
  options.owner = "bench";
  auto made = cpu_device::make(std::move(options));
  if (!made) return fail(std::move(made.error()));
  auto out = over(std::move(*made));
  out->directory_ = kept;
  return out;
}

std::unique_ptr<shared_device> shared_device::over(std::shared_ptr<device_port> device) {
  std::unique_ptr<shared_device> out{new shared_device};
  out->device_ = std::move(device);
  const auto properties = out->device_->properties();
  out->capacity_ = {properties.id, properties.compute_units, properties.memory_bytes};
  arbiter_config config;
  config.capacity = out->capacity_;
  config.terms.ttl = config.terms.max_hold = config.terms.patience = std::chrono::hours{1};
  out->shares_ = std::make_unique<arbiter>(config, std::make_unique<exclusive>(out->capacity_));
  return out;
}

result<void> shared_device::share_by(const share_options& options) {
  auto rule = make_rule(options, capacity_);
  if (!rule) return fail(std::move(rule.error()));
  std::unique_lock lock{mutex_};
  if (!options.stages.empty()) {
    auto stages = stage_graph::make(options.stages, capacity_.compute_units);
    if (!stages) return fail(std::move(stages.error()));
    if (auto set = gate().set_stages(std::move(*stages)); !set) return set;
  }
  gate().set_terms(terms_of(options));
  shares_->switch_to(std::move(*rule), now(), out_);
  perform(lock);
  return {};
}

result<void> shared_device::ask(agent_id agent, std::uint32_t weight, grant_handler granted) {
  share_wish least;
  least.compute_milli = 1;
  least.weight = weight;
  return ask(agent, least, std::move(granted));
}

result<void> shared_device::ask(agent_id agent, const share_wish& wish, grant_handler granted) {
  share_request wanted;
  wanted.request = {agent.value};
  wanted.holder = agent;
  wanted.wish = wish;
  wanted.in_steps = true;
  wanted.preemptible = false;
  std::unique_lock lock{mutex_};
  if (auto taken = shares_->request(wanted, now(), out_); !taken) return taken;
  asking_[agent] = std::move(granted);
  perform(lock);
  return {};
}

void shared_device::give_back(agent_id agent) {
  std::unique_lock lock{mutex_};
  gate().remove(agent);
  static_cast<void>(shares_->release(agent, std::exchange(tokens_[agent], 0), now(), out_));
  asking_.erase(agent);
  perform(lock);
}

std::vector<share_contract> shared_device::contracts() {
  const std::lock_guard lock{mutex_};
  auto out = shares_->contracts();
  std::erase_if(out, [](const share_contract& one) { return one.granted.compute_units == 0; });
  return out;
}

/// As the coordinator does: the device goes by what was decided before anybody hears of it.
void shared_device::perform(std::unique_lock<std::mutex>& lock) {
  gate().apply(out_);
  std::vector<std::pair<grant_handler, share_contract>> told;
  for (auto& effect : out_) {
    if (auto* changed = std::get_if<share_changed>(&effect))
      tokens_[changed->contract.holder] = changed->contract.token;
    auto* granted = std::get_if<share_granted>(&effect);
    if (granted == nullptr) continue;
    tokens_[granted->contract.holder] = granted->contract.token;
    told.emplace_back(std::move(asking_[granted->contract.holder]), std::move(granted->contract));
  }
  out_.clear();
  lock.unlock();
  for (const auto& [tell, contract] : told) tell(contract);
}

}  // namespace dunlin::bench
