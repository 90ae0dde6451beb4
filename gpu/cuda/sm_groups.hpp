// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu/cuda/gpu_context.hpp"

namespace dunlin::cuda {

/// The SMs of a GPU in groups, split once: groups of separate splits would overlap. A share has whole groups.
struct sm_groups {
  std::vector<CUdevResource> groups;
  std::uint32_t sms_of_group = 0;
  std::uint32_t left_over = 0;  ///< SMs in no group, which only those use who have the whole GPU
  std::string why_none;         ///< one line; empty if there are groups

  [[nodiscard]] std::vector<CUdevResource> of(const std::vector<std::uint32_t>& units) const;
};

/// Splits the SMs of `context`'s device into as many groups as it can be. Where that is not supported there are none,
/// with the reason.
sm_groups split_sms(const gpu_context& context);

}  // namespace dunlin::cuda
