// SPDX-License-Identifier: Apache-2.0
// What one pattern adds to the common life of leases: who fits beside whom, and what each gets.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/contract/share_contract.hpp"
#include "coordination/sharing/leases/fingerprint.hpp"

namespace dunlin {

/// What there is to share.
struct device_capacity {
  device_id device;
  std::uint32_t compute_units = 1;  ///< worker slots or SMs
  std::uint64_t memory_bytes = 0;
  enforcement compute_enforcement = enforcement::hard;
  enforcement memory_enforcement = enforcement::hard;
};

/// Another grant for somebody who holds a share already.
struct regrant {
  agent_id holder;
  share_grant grant;
};

/// What a negotiation gave somebody of one device.
struct allotment {
  agent_id holder;
  std::uint32_t compute_milli = 0;  ///< 1 000 = the whole device
  friend bool operator==(const allotment&, const allotment&) = default;
};

/// One pattern on one device. The arbiter counts bytes, tokens and times; a rule counts the rest. Thread: the owner's.
class DUNLIN_EXPORT share_rule {
 public:
  virtual ~share_rule() = default;
  [[nodiscard]] virtual sharing_pattern pattern() const noexcept = 0;

  /// Whether an empty device could meet the wish. Errors: infeasible, invalid_argument.
  [[nodiscard]] virtual result<void> check(const share_wish& wish) const = 0;

  /// Returns what `wish` gets beside those who were placed before, and counts it; none if there is no room. Its bytes
  /// are what it names, under every pattern: memory in use cannot be taken back.
  virtual std::optional<share_grant> place(agent_id holder, const share_wish& wish) = 0;

  /// Forgets who was placed.
  virtual void remove(agent_id holder) = 0;

  /// Returns true if `wish` could be placed once these, who are placed, were removed.
  [[nodiscard]] virtual bool fits_without(const share_wish& wish, std::span<const agent_id> gone) const = 0;

  /// True if all of these have room together, in whatever order they come, the reserved ones with what they name.
  [[nodiscard]] virtual bool keeps(std::span<const share_wish> reserved, std::span<const share_wish> others) const = 0;

  /// The holder has reserved so much compute and gets it when it is placed; 0 = no more.
  virtual void promise(agent_id holder, std::uint32_t compute_milli) {
    static_cast<void>(holder);
    static_cast<void>(compute_milli);
  }

  /// Returns why `wish` is not placed now, in words.
  [[nodiscard]] virtual std::string lack(const share_wish& wish) const = 0;

  /// Goes by what was negotiated from now on, for those that are placed and for those that come. Errors: not_supported
  /// (this pattern is not negotiated), invalid_argument (more than the device, an agent twice): nothing has changed.
  virtual result<void> settle(std::span<const allotment> allotments);

  /// Nobody else can be placed now: gives what is left to those that can use it.
  virtual void share_rest() {}

  /// Moves grants of others that the last calls changed into `out`.
  virtual void take_regrants(std::vector<regrant>& out) { static_cast<void>(out); }

  /// How strictly the pattern can be kept to where the device's units are its own.
  [[nodiscard]] virtual enforcement strictness() const noexcept { return enforcement::hard; }

  /// Returns how many units are granted, each lane counted once.
  [[nodiscard]] virtual std::uint32_t units_granted() const noexcept = 0;

  /// Returns how scattered the free units are: 0 = one run, near 1 = many single ones.
  [[nodiscard]] virtual double fragmentation() const { return 0; }

  /// Returns one that goes on by itself from where this one stands.
  [[nodiscard]] virtual std::unique_ptr<share_rule> clone() const = 0;

  /// Adds what its next decisions depend on beyond what its grants and the wishes that wait say.
  virtual void add_to(fingerprint& out) const { static_cast<void>(out); }
};

}  // namespace dunlin
