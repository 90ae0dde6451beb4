// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/quantum_agent.hpp"

#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/payload.hpp"
#include "examples/flight/quantum/ising.hpp"

namespace dunlin::flight {

namespace {

result<quantum_report> search(const quantum::grover_search& wanted) {
  const auto found = quantum::run_grover(wanted);
  if (!found) return fail(error{found.error()});
  return quantum_report{quantum_task::grover, found->success, found->closed_form, {}};
}

result<quantum_report> find_ground_state(const quantum::vqe_search& wanted) {
  const auto found = quantum::run_vqe(wanted);
  if (!found) return fail(error{found.error()});
  const auto exact = quantum::exact_ground_energy(wanted.chain);
  if (!exact) return fail(error{exact.error()});
  return quantum_report{quantum_task::vqe, found->energy, *exact, {}};
}

result<quantum_report> measure_noise(const quantum::noisy_run& wanted) {
  const auto sampled = quantum::run_trajectories(wanted);
  if (!sampled) return fail(error{sampled.error()});
  const auto exact = quantum::exact_fidelity(wanted);
  if (!exact) return fail(error{exact.error()});
  return quantum_report{quantum_task::noise, sampled->mean(), *exact, *sampled};
}

result<quantum_report> run(const quantum_job& job) {
  switch (job.what) {
    case quantum_task::vqe:
      return find_ground_state(job.vqe);
    case quantum_task::noise:
      return measure_noise(job.noise);
    case quantum_task::grover:
      break;
  }
  return search(job.grover);
}

}  // namespace

result<bytes> quantum_agent::handle(task_context& task) {
  quantum_job job;
  if (!task.payload().empty()) {
    auto read = from_payload<quantum_job>(task.payload());
    if (!read) return fail(std::move(read.error()));
    job = std::move(*read);
  }
  const auto report = run(job);
  if (!report) return fail(error{report.error()});
  return to_payload(*report);
}

}  // namespace dunlin::flight
