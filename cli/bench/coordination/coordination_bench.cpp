// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/coordination_bench.hpp"

#include <utility>

#include "cli/bench/coordination/busy_loop.hpp"
#include "cli/bench/coordination/grant_decisions.hpp"
#include "cli/bench/coordination/lease_round_trip.hpp"
#include "cli/bench/coordination/live_switches.hpp"
#include "cli/bench/coordination/mixed_load.hpp"
#include "cli/bench/coordination/shared_device.hpp"
#include "cli/bench/coordination/stage_throughput.hpp"
#include "cli/bench/coordination/step_overhead.hpp"

namespace dunlin::bench {

namespace {

/// What is measured on a device, each on one of its own: nothing is left over from what came before.
template <class Add>
result<void> on_a_device(const coordination_options& options, Add add) {
  auto device = shared_device::make(options.units);
  if (!device) return fail(std::move(device.error()));
  return add(**device);
}

result<void> measure_all(bench_report& out, const coordination_options& options) {
  const auto overhead = [&](shared_device& on) { return add_step_overhead(out, on, options); };
  const auto switches = [&](shared_device& on) {
    working_crew crew{on, options.switching_agents, [each = iterations_in(1ms)](agent_id) {
                        burn(each);
                        return result<void>{};
                      }};
    return add_switch_pauses(out, on, crew);
  };
  const auto stages = [&](shared_device& on) { return add_stage_throughput(out, on, options); };
  const auto leases = [&](shared_device& on) { return add_lease_round_trip(out, on.port(), options); };
  if (auto added = on_a_device(options, overhead); !added) return added;
  if (auto added = add_grant_decisions(out, options); !added) return added;
  if (auto added = on_a_device(options, leases); !added) return added;
  if (auto added = on_a_device(options, switches); !added) return added;
  if (auto added = on_a_device(options, stages); !added) return added;
  return add_mixed_load(out, options);
}

}  // namespace

result<bench_report> run_coordination_bench(const coordination_options& options) {
  auto report = begin_report("coordination");
  if (auto measured = measure_all(report, options); !measured) return fail(std::move(measured.error()));
  return report;
}

}  // namespace dunlin::bench
