// SPDX-License-Identifier: Apache-2.0
// Which processor cores are ours alone. Every process that claims cores on a host uses the same run directory; there,
// each core has one lock file with 64 slots, and a claimant holds the lock of one slot and writes its name there. The
// kernel drops the lock when the process ends, however it ends, and anyone can ask who else holds a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// Cores held until the object dies.
class DUNLIN_EXPORT core_claims {
 public:
  static constexpr std::size_t name_length = 63;

  /// Claims `wanted` of `candidates` (0 = all): those nobody holds first, then the least shared ones. `run_directory`
  /// is made if missing, `name` is what others read, of which the first `name_length` characters count. Errors:
  /// io_failed, invalid_argument (no candidates).
  static result<std::unique_ptr<core_claims>> claim(const std::string& run_directory, const std::string& name,
                                                    const std::vector<std::uint32_t>& candidates, std::uint32_t wanted);

  /// Claims all of `cores`, in this order, whoever else holds them. Errors: io_failed, invalid_argument (no cores).
  static result<std::unique_ptr<core_claims>> claim_all(const std::string& run_directory, const std::string& name,
                                                        const std::vector<std::uint32_t>& cores);

  ~core_claims();
  core_claims(const core_claims&) = delete;
  core_claims& operator=(const core_claims&) = delete;

  [[nodiscard]] const std::vector<std::uint32_t>& cores() const noexcept { return cores_; }

  /// Returns who shares now: `core 1 shared with node b`, several joined by `, `; empty if every core is held alone.
  /// Those whose names end in `partners` are not counted.
  [[nodiscard]] std::string sharing(const std::string& partners = {}) const;

 private:
  struct slot_file;
  struct candidate;
  core_claims() = default;
  static result<std::vector<candidate>> open_all(const std::string& run_directory,
                                                 const std::vector<std::uint32_t>& cores);
  void keep(candidate&& claimed, const std::string& name);

  std::vector<std::uint32_t> cores_;
  std::vector<std::unique_ptr<slot_file>> files_;  // one for each of `cores_`
};

}  // namespace dunlin
