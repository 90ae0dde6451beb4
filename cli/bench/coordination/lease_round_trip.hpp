// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "cli/bench/coordination/coordination_bench.hpp"
#include "coordination/ports.hpp"

namespace dunlin::bench {

/// Adds what an uncontended lease takes through the coordinator of `device`, from the question to the grant, beside one
/// bare message there and one back between two actors of the same system. Errors: timeout.
result<void> add_lease_round_trip(bench_report& out, std::shared_ptr<device_port> device,
                                  const coordination_options& options);

}  // namespace dunlin::bench
