// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/quantum_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/agents/task_watcher.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/quantum/ising.hpp"

namespace dunlin::flight {

namespace {

const char* name_of(quantum_task what) {
  switch (what) {
    case quantum_task::vqe:
      return "lowering the energy";
    case quantum_task::noise:
      return "sampling trajectories";
    case quantum_task::grover:
      break;
  }
  return "searching";
}

result<quantum_report> search(const quantum::grover_search& wanted, watcher& by) {
  const auto found = quantum::run_grover(wanted, &by);
  if (!found) return fail(error{found.error()});
  return quantum_report{quantum_task::grover, found->success, found->closed_form, {}};
}

result<quantum_report> find_ground_state(const quantum::vqe_search& wanted, watcher& by) {
  const auto exact = quantum::exact_ground_energy(wanted.chain);  // first: it refuses what cannot be compared
  if (!exact) return fail(error{exact.error()});
  const auto found = quantum::run_vqe(wanted, &by);
  if (!found) return fail(error{found.error()});
  return quantum_report{quantum_task::vqe, found->energy, *exact, {}};
}

result<quantum_report> measure_noise(const quantum::noisy_run& wanted, watcher& by) {
  const auto exact = quantum::exact_fidelity(wanted);  // first: it refuses what cannot be compared
  if (!exact) return fail(error{exact.error()});
  const auto sampled = quantum::run_trajectories(wanted, &by);
  if (!sampled) return fail(error{sampled.error()});
  return quantum_report{quantum_task::noise, sampled->mean(), *exact, *sampled};
}

result<quantum_report> run(const quantum_job& job, watcher& by) {
  switch (job.what) {
    case quantum_task::vqe:
      return find_ground_state(job.vqe, by);
    case quantum_task::noise:
      return measure_noise(job.noise, by);
    case quantum_task::grover:
      break;
  }
  return search(job.grover, by);
}

}  // namespace

result<bytes> quantum_agent::handle(task_context& task) {
  quantum_job job;
  if (!task.payload().empty()) {
    auto read = from_payload<quantum_job>(task.payload());
    if (!read) return fail(std::move(read.error()));
    job = std::move(*read);
  }
  task_watcher steps{task, name_of(job.what)};
  const auto report = run(job, steps);
  if (!report) return fail(error{report.error()});
  task.progress(100, "measured");
  return to_payload(*report);
}

}  // namespace dunlin::flight
