// SPDX-License-Identifier: Apache-2.0
// Each holder has units and bytes of its own. Units come in groups that cannot be split, such as the eight
// multiprocessors of a green context; a wish is rounded up to whole groups.
//
// A wish may name a range: whoever can use more gets what nobody else has, and gives it back, down to what it must
// have, when somebody else comes. Whoever has most above its least gives first, and no more than is needed: so the
// fewest are disturbed.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

struct space_partitioned_options {
  std::uint32_t units_per_group = 1;
};

class DUNLIN_EXPORT space_partitioned final : public share_rule {
 public:
  /// Errors: invalid_argument (groups that do not fit the device).
  static result<std::unique_ptr<space_partitioned>> make(const device_capacity& capacity,
                                                         const space_partitioned_options& options);

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::space_partitioned; }
  [[nodiscard]] result<void> check(const share_wish&) const override { return {}; }
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override;
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override;
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  void share_rest() override;
  void take_regrants(std::vector<regrant>& out) override;
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override {
    return std::make_unique<space_partitioned>(*this);
  }
  [[nodiscard]] std::uint32_t units_granted() const noexcept override;

  [[nodiscard]] double fragmentation() const override;

 private:
  /// What one holder has, in groups.
  struct part {
    std::uint32_t least = 1;
    std::uint32_t most = 1;
    std::uint64_t memory_bytes = 0;
    std::vector<std::uint32_t> groups;     ///< sorted
    std::vector<std::uint32_t> announced;  ///< as of its newest grant
    std::uint32_t lane = 0;
  };

  space_partitioned(const device_capacity& capacity, const space_partitioned_options& options);
  [[nodiscard]] std::uint32_t groups_of(std::uint32_t milli) const noexcept;
  [[nodiscard]] std::uint32_t free_groups() const noexcept { return static_cast<std::uint32_t>(free_.size()); }
  [[nodiscard]] share_grant grant_of(const part& one) const;
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> free_runs() const;
  void take_back(std::uint32_t missing);
  void hand_out(std::uint32_t count, part& to);

  device_capacity capacity_;
  std::uint32_t units_per_group_;
  std::uint32_t groups_;
  std::uint32_t kept_ = 0;              ///< groups that holders must have, all together
  std::set<std::uint32_t> free_;        ///< groups
  std::set<std::uint32_t> free_lanes_;  ///< as many lanes as groups: each holder has at least one
  std::set<agent_id> changed_;          ///< whose groups are not what was announced, or have been others meanwhile
  std::map<agent_id, part> parts_;
};

}  // namespace dunlin
