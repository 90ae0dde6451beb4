// SPDX-License-Identifier: Apache-2.0
// Partitions whose sizes an operator has chosen. A holder gets the smallest free one that is large enough; one that
// held its share before, under another rule, makes do with the largest.
#pragma once

#include <vector>

#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

class DUNLIN_EXPORT fixed_partitions final : public share_rule {
 public:
  /// `sizes` in units. Errors: invalid_argument (none, one of nothing, more than the device has).
  static result<std::unique_ptr<fixed_partitions>> make(const device_capacity& capacity,
                                                        const std::vector<std::uint32_t>& sizes);

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::space_partitioned; }
  [[nodiscard]] result<void> check(const share_wish& wish) const override;
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override;
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override;
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override { return std::make_unique<fixed_partitions>(*this); }
  [[nodiscard]] std::uint32_t units_granted() const noexcept override;

 private:
  struct partition {
    std::uint32_t first = 0;  ///< unit
    std::uint32_t units = 0;
    agent_id holder;  ///< 0 = free
  };

  explicit fixed_partitions(const device_capacity& capacity) : capacity_(capacity) {}
  [[nodiscard]] std::uint32_t units_of(const share_wish& wish) const noexcept;
  [[nodiscard]] std::uint32_t largest() const noexcept;

  device_capacity capacity_;
  std::vector<partition> partitions_;
};

}  // namespace dunlin
