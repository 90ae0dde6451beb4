// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench/registry.hpp"
#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

/// Measures tasks that a leader in this process gives to a node in a second one over the loopback link, every result
/// checked: in batches beside one a message, pipelined beside NATS (where packaged, else the link alone), one by one
/// beside a raw TCP ping-pong. Errors: io_failed, timeout, whatever the second process says.
result<bench_report> run_remote_bench(const bench_options& options);

}  // namespace dunlin::bench
