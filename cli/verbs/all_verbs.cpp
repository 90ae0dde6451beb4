// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

verb_set all_verbs() {
  using maker = std::unique_ptr<verb> (*)();
  constexpr maker makers[] = {make_up,          make_down,       make_node_start,   make_node_list,
                              make_node_drain,  make_node_probe, make_submit,       make_run,
                              make_task_list,   make_task_info,  make_task_explain, make_task_wait,
                              make_task_cancel, make_agent_list, make_agent_new,    make_agent_host,
                              make_agent_kinds, make_gpu_list,   make_gpu_leases,   make_gpu_coordinate,
                              make_lock_list,   make_bench,      make_bench_peer,   make_experiment_scaling,
                              make_doctor,      make_version};
  verb_set out;
  for (const auto make : makers) out.push_back(make());
  return out;
}

}  // namespace dunlin::cli
