// SPDX-License-Identifier: Apache-2.0
// Shares as they were negotiated. Whoever has a whole number of units has them to itself; the others take turns on the
// units that are left, in proportion: so four agents share two units. Before a settlement, and with what one leaves,
// holders have what the fair division of their wishes gives them. A negotiated share is not lowered before the next
// settlement, except in proportion with all others for one that has reserved its share, and is there again for a holder
// that was parked: while all of the device is allotted to those who are there, whoever comes waits for that.
//
// Invariants: the units of two lanes are disjoint; a holder's units, times its part of their turns, are its share of
// the device or at most two hundredths of it less: one for units that cannot be split, the other for turns that differ
// too little to be announced and for those who were allotted nothing, each of whom has a ten-thousandth.
#pragma once

#include <list>
#include <map>
#include <vector>

#include "coordination/sharing/patterns/share_rule.hpp"
#include "coordination/sharing/patterns/turn_options.hpp"

namespace dunlin {

class DUNLIN_EXPORT collaborative final : public share_rule {
 public:
  /// Errors: invalid_argument (quantum out of range, nobody may take part).
  static result<std::unique_ptr<collaborative>> make(const device_capacity& capacity, const turn_options& options);

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::collaborative; }
  [[nodiscard]] result<void> check(const share_wish&) const override { return {}; }
  std::optional<share_grant> place(agent_id holder, const share_wish& wish) override;
  void remove(agent_id holder) override;
  [[nodiscard]] bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const override;
  [[nodiscard]] bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const override;
  void promise(agent_id holder, std::uint32_t compute_milli) override;
  [[nodiscard]] std::string lack(const share_wish& wish) const override;
  result<void> settle(std::span<const allotment> allotments) override;
  void share_rest() override;
  void take_regrants(std::vector<regrant>& out) override;
  [[nodiscard]] enforcement strictness() const noexcept override { return enforcement::cooperative; }
  [[nodiscard]] std::uint32_t units_granted() const noexcept override;
  [[nodiscard]] std::unique_ptr<share_rule> clone() const override {
    return std::unique_ptr<share_rule>{new collaborative{*this}};
  }
  void add_to(fingerprint& out) const override;

 private:
  struct member {
    agent_id holder;
    share_wish wish;
    share_grant grant = {};        ///< of the newest plan
    duration announced_quantum{};  ///< of the newest contract
    bool moved = false;            ///< to other units or another lane since the newest contract

    share_grant announce();
    void move_to(std::uint32_t lane);
    void keep_units(std::uint32_t most);
    void take_units(std::uint32_t count, std::vector<bool>& taken);
    void work_on(const std::vector<std::uint32_t>& common);
  };

  collaborative(const device_capacity& capacity, const turn_options& options)
      : capacity_(capacity), options_(options) {}
  [[nodiscard]] std::uint64_t allotted_to(agent_id holder) const;
  [[nodiscard]] bool has_room(std::uint64_t holders, std::uint64_t allotted) const noexcept;
  void keep_promises();
  void count_taken();
  void plan();
  [[nodiscard]] std::vector<std::uint64_t> shares() const;
  void give_units(const std::vector<std::uint32_t>& own);
  void give_turns(const std::vector<std::uint64_t>& shares);
  [[nodiscard]] std::uint32_t free_lane() const;

  device_capacity capacity_;
  turn_options options_;
  std::list<member> members_;                   ///< oldest first
  std::vector<std::uint32_t> common_units_;     ///< of the newest plan
  std::uint64_t taken_ = 0;                     ///< allotted to members
  std::map<agent_id, std::uint64_t> allotted_;  ///< by the newest settlement, in millionths
  std::map<agent_id, std::uint64_t> promised_;  ///< of that, what was reserved
  bool planned_ = false;                        ///< since the last look for other grants
  bool stale_ = false;                          ///< somebody left since the last plan
};

}  // namespace dunlin
