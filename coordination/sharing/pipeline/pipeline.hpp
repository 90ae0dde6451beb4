// SPDX-License-Identifier: Apache-2.0
// Holders share one pool of the device's units: each works on one unit at a time, as many at once as there are units,
// and has busy time in proportion to its weight while there are more. Whoever waits for an item has no unit. Which
// items there are is not decided here but by `item_flow`; which holder's step is next, by `fair_pool`.
#pragma once

#include <set>

#include "coordination/sharing/patterns/share_rule.hpp"
#include "coordination/sharing/patterns/turn_options.hpp"

namespace dunlin {

class DUNLIN_EXPORT pipeline final : public share_rule {
 public:
  /// Errors: invalid_argument (quantum out of range, nobody may take part).
  static result<std::unique_ptr<pipeline>> make(const device_capacity& capacity, const turn_options& options);

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::pipeline; }
  [[nodiscard]] result<void> check(const share_wish&) const override { return {}; }
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override { holders_.erase(holder); }
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override {
    return reserved.size() + others.size() <= options_.most_holders;
  }
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  [[nodiscard]] enforcement strictness() const noexcept override { return enforcement::cooperative; }

  /// As many as may be in use at once.
  [[nodiscard]] std::uint32_t units_granted() const noexcept override;
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override {
    return std::unique_ptr<share_rule>{new pipeline{*this}};
  }

 private:
  pipeline(const device_capacity& capacity, const turn_options& options) : capacity_(capacity), options_(options) {}

  device_capacity capacity_;
  turn_options options_;
  std::set<agent_id> holders_;
};

}  // namespace dunlin
