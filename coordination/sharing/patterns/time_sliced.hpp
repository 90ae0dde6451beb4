// SPDX-License-Identifier: Apache-2.0
// All holders have the whole device, one after the other: in turns of `quantum × weight / 100` of busy time. Who has
// its turn is decided between two steps, by `step_turns`; here it is decided who may take part.
#pragma once

#include <set>

#include "coordination/sharing/patterns/share_rule.hpp"
#include "coordination/sharing/patterns/turn_options.hpp"

namespace dunlin {

class DUNLIN_EXPORT time_sliced final : public share_rule {
 public:
  /// Errors: invalid_argument (quantum out of range, nobody may take part).
  static result<std::unique_ptr<time_sliced>> make(const device_capacity& capacity, const turn_options& options);

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::time_sliced; }
  [[nodiscard]] result<void> check(const share_wish&) const override { return {}; }
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override { holders_.erase(holder); }
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override {
    return reserved.size() + others.size() <= options_.most_holders;
  }
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  [[nodiscard]] enforcement strictness() const noexcept override { return enforcement::cooperative; }
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override { return std::make_unique<time_sliced>(*this); }
  [[nodiscard]] std::uint32_t units_granted() const noexcept override {
    return holders_.empty() ? 0 : capacity_.compute_units;
  }

 private:
  time_sliced(const device_capacity& capacity, const turn_options& options) : capacity_(capacity), options_(options) {}

  device_capacity capacity_;
  turn_options options_;
  std::set<agent_id> holders_;
};

}  // namespace dunlin
