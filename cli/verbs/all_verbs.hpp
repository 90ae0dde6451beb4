// SPDX-License-Identifier: Apache-2.0
// Every verb, each defined in the file of its name.
#pragma once

#include "cli/verb.hpp"

namespace dunlin::cli {

std::unique_ptr<verb> make_up();
std::unique_ptr<verb> make_down();
std::unique_ptr<verb> make_node_start();
std::unique_ptr<verb> make_node_list();
std::unique_ptr<verb> make_node_drain();
std::unique_ptr<verb> make_node_probe();
std::unique_ptr<verb> make_gpu_coordinate();
std::unique_ptr<verb> make_submit();
std::unique_ptr<verb> make_run();
std::unique_ptr<verb> make_task_list();
std::unique_ptr<verb> make_task_info();
std::unique_ptr<verb> make_task_explain();
std::unique_ptr<verb> make_task_wait();
std::unique_ptr<verb> make_task_cancel();
std::unique_ptr<verb> make_agent_list();
std::unique_ptr<verb> make_agent_new();
std::unique_ptr<verb> make_agent_host();
std::unique_ptr<verb> make_agent_kinds();
std::unique_ptr<verb> make_gpu_list();
std::unique_ptr<verb> make_gpu_leases();
std::unique_ptr<verb> make_lock_list();
std::unique_ptr<verb> make_bench();
std::unique_ptr<verb> make_bench_peer();
std::unique_ptr<verb> make_experiment_scaling();
std::unique_ptr<verb> make_doctor();
std::unique_ptr<verb> make_version();

/// Returns all of the above, in the order of the help.
[[nodiscard]] verb_set all_verbs();

}  // namespace dunlin::cli
