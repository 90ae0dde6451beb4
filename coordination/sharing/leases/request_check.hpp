// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: what no pattern could meet, or nobody can mean.
#pragma once

#include "coordination/sharing/arbiter.hpp"

namespace dunlin {

/// Errors: invalid_argument, infeasible, with the field's path.
result<void> check_request(const share_request& asked, const device_capacity& device);

/// Errors: likewise.
result<void> check_reservation(const share_reservation& wanted, const arbiter_config& config, time_point now);

}  // namespace dunlin
