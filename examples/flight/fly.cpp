// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/fly.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/client/connection.hpp"
#include "examples/flight/check.hpp"
#include "examples/flight/fleet.hpp"
#include "examples/flight/flight_run.hpp"
#include "examples/flight/plan.hpp"
#include "examples/flight/processor_use.hpp"
#include "examples/flight/report.hpp"
#include "examples/temporary_directory.hpp"

namespace dunlin::flight {

namespace {

using clock_type = std::chrono::steady_clock;

result<net::http_client> reach(const cli::swarm_facts& swarm) {
  cli::settings config;
  config.url = swarm.leader.url;
  config.swarm.token_file = swarm.leader.token_file;
  return cli::connect(config);
}

std::string in_words(const cli::swarm_facts& swarm) {
  std::string out;
  for (const auto& [name, pid] : swarm.nodes)
    out += (out.empty() ? "" : ", ") + name + " (process " + std::to_string(pid) + ")";
  return out;
}

/// The processors from here on.
class machine_watch {
 public:
  [[nodiscard]] machine_facts facts() const {
    const auto seconds = std::chrono::duration<double>(clock_type::now() - since_).count();
    const auto cores = std::thread::hardware_concurrency();
    return {cores, std::max(0.0, cores - others_share(before_, read_processor_use(), seconds))};
  }

 private:
  clock_type::time_point since_ = clock_type::now();
  processor_use before_ = read_processor_use();
};

result<std::vector<task_record>> fly_plan(fleet& nodes, const std::vector<task_spec>& plan, const cli::console& to) {
  const auto facts = nodes.start(flight_nodes());
  if (!facts) return fail(error{facts.error()});
  to.note("nodes: " + in_words(*facts));
  auto swarm = reach(*facts);
  if (!swarm) return fail(std::move(swarm.error()));
  flight_run run{*swarm, to, [&nodes] { return nodes.ended(); }};
  if (auto here = run.wait_for_nodes(flight_nodes().size()); !here) return fail(std::move(here.error()));
  return run.fly(plan);
}

/// Returns whether every answer checks and every node ended well.
result<bool> fly_in(const std::string& directory, cli::stop_signals& signals, const cli::console& to) {
  const flight_places places{DUNLIN_FLIGHT_DATA "/digits.csv.gz", flight_corpus(DUNLIN_FLIGHT_ROOT),
                             directory + "/steps"};
  std::filesystem::create_directory(places.directory);
  const auto plan = make_plan(places);
  if (!plan) return fail(error{plan.error()});
  to.note("flying " + std::to_string(plan->size()) + " tasks on three node processes; Ctrl-C ends it");
  const machine_watch machine;
  // On a terminal the progress line gives way, and is drawn again below.
  fleet nodes{signals, directory + "/state",
              [&to](const std::string& note) { to.note((to.live ? "\r\x1b[K" : "") + note); }};
  const auto tasks = fly_plan(nodes, *plan, to);
  const bool interrupted = signals.came();
  const auto ended_well = nodes.stop();
  if (!ended_well) return fail(error{ended_well.error()});
  if (!tasks && interrupted) return fail(errc::cancelled, "the flight was stopped");
  if (!tasks) return fail(error{tasks.error()});
  const auto answers = check_answers(*plan, *tasks);
  to.out << report_of(*tasks, machine.facts(), answers) << std::flush;
  if (!*ended_well) to.note("a node did not end by itself");
  return *ended_well && std::ranges::all_of(answers, &quality::holds);
}

}  // namespace

int fly() {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away ends a write, not the flight
  cli::stop_signals signals;
  const auto to = cli::standard_console();
  const examples::temporary_directory directory{"dunlin-flight"};
  if (directory.path().empty()) {
    to.refuse(error{errc::io_failed, "there is no room for temporary files", "set TMPDIR"});
    return cli::exit_code::failed;
  }
  const auto right = fly_in(directory.path(), signals, to);
  if (!right) {
    to.refuse(right.error());
    return cli::exit_code_of(right.error().code);
  }
  to.line(*right ? "\nevery answer checks" : "\nnot every answer checks");
  return *right ? cli::exit_code::ok : cli::exit_code::failed;
}

}  // namespace dunlin::flight
