// SPDX-License-Identifier: Apache-2.0
// One holder at a time, which has the whole device.
#pragma once

#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

class DUNLIN_EXPORT exclusive final : public share_rule {
 public:
  explicit exclusive(const device_capacity& capacity) : capacity_(capacity) {}

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::exclusive; }
  [[nodiscard]] result<void> check(const share_wish&) const override { return {}; }
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override;
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override {
    return reserved.size() + others.size() <= 1;
  }
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override { return std::make_unique<exclusive>(*this); }
  [[nodiscard]] std::uint32_t units_granted() const noexcept override { return holder_ ? capacity_.compute_units : 0; }

 private:
  device_capacity capacity_;
  agent_id holder_;  ///< 0 = nobody
};

}  // namespace dunlin
