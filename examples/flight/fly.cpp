// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/fly.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <thread>

#include "cli/client/batches.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/wait_for_tasks.hpp"
#include "cli/console.hpp"
#include "cli/text/table.hpp"
#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/check.hpp"
#include "examples/flight/figures.hpp"
#include "examples/flight/fleet.hpp"
#include "examples/flight/plan.hpp"
#include "net/http/client.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin::flight {

namespace {

constexpr std::chrono::minutes longest_flight{10};
constexpr auto join_patience = std::chrono::seconds{20};

/// Nodes that differ in what they can do; every kind has two of them but the documents, which lie on one.
std::vector<fleet_node> nodes_of_the_flight() {
  return {
      {"alpha", {digits_kind, quantum_kind}, {"blas", "simd"}, 1},
      {"beta", {digits_kind, quantum_kind, maze_kind}, {"blas", "simd", "graph"}, 1},
      {"gamma", {maze_kind, retrieval_kind}, {"graph", "text"}, 1},
  };
}

/// A directory of this flight, gone when it is over.
class flight_directory {
 public:
  flight_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "dunlin-flight-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~flight_directory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  flight_directory(const flight_directory&) = delete;
  flight_directory& operator=(const flight_directory&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

template <class... Values>
std::string text(const char* form, Values... values) {
  char out[160];
  std::snprintf(out, sizeof out, form, values...);
  return out;
}

result<net::http_client> reach(const fleet& nodes) {
  auto where = cli::parse_url(nodes.http());
  if (!where) return fail(std::move(where.error()));
  auto token = net::read_secret(nodes.token_file());
  if (!token) return fail(std::move(token.error()));
  net::client_config config;
  config.address = where->address;
  config.port = where->port;
  config.token = std::move(*token);
  return net::http_client{std::move(config)};
}

/// Waits until `count` nodes are alive. Errors: timeout, and those of the connection.
result<void> wait_for_nodes(net::http_client& swarm, std::size_t count) {
  const auto until = std::chrono::steady_clock::now() + join_patience;
  while (true) {
    const auto nodes = swarm.nodes();
    if (!nodes) return fail(error{nodes.error()});
    std::size_t alive = 0;
    for (const auto& node : *nodes) alive += node.state == "alive" ? 1 : 0;
    if (alive >= count) return {};
    if (std::chrono::steady_clock::now() >= until)
      return fail(errc::timeout, std::to_string(alive) + " of " + std::to_string(count) + " nodes are alive");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

result<std::vector<task_record>> run_plan(net::http_client& swarm, std::vector<task_spec> plan,
                                          const cli::console& to) {
  auto answers = cli::submit_all(swarm, std::move(plan));
  if (!answers) return fail(std::move(answers.error()));
  std::vector<task_id> ids;
  for (const auto& answer : *answers) ids.push_back(answer.id);
  if (auto ended = cli::wait_for_tasks(swarm, ids, longest_flight, to); !ended) return fail(std::move(ended.error()));
  std::vector<task_record> records;
  for (const auto& id : ids) {
    auto record = swarm.find(id);
    if (!record) return fail(std::move(record.error()));
    records.push_back(std::move(*record));
  }
  return records;
}

void show_tasks(const std::vector<task_record>& tasks, const cli::console& to) {
  cli::table rows{{"kind", "tasks>", "succeeded>", "p50 queue ms>", "p95>", "p99>", "p50 run ms>", "p95>", "p99>"}};
  const auto add = [&rows](const std::string& name, const std::vector<task_record>& some) {
    auto figures = figures_of(some);
    rows.add({name, std::to_string(some.size()), std::to_string(figures.states[task_state::succeeded]),
              text("%.0f", figures.queue.p50), text("%.0f", figures.queue.p95), text("%.0f", figures.queue.p99),
              text("%.1f", figures.run.p50), text("%.1f", figures.run.p95), text("%.1f", figures.run.p99)});
  };
  for (const auto* kind : {digits_kind, quantum_kind, maze_kind, retrieval_kind}) {
    std::vector<task_record> some;
    for (const auto& task : tasks)
      if (task.spec.shape.kind == kind) some.push_back(task);
    add(kind, some);
  }
  add("all", tasks);
  to.out << rows.render();
}

void show_whole(const flight_figures& figures, const cli::console& to) {
  cli::table rows{{"figure", "value>"}};
  std::string states;
  for (const auto& [state, count] : figures.states)
    states += (states.empty() ? "" : ", ") + std::to_string(count) + " " + std::string{to_string(state)};
  rows.add({"states", states});
  for (const auto& [node, count] : figures.by_node)
    rows.add(
        {"share of " + node, text("%.1f %%", 100.0 * static_cast<double>(count) / static_cast<double>(figures.tasks))});
  rows.add({"duration", text("%.2f s", figures.seconds)});
  rows.add({"throughput", text("%.1f tasks/s", figures.throughput)});
  rows.add({"running at once, average", text("%.2f", figures.average_running)});
  rows.add({"running at once, most", std::to_string(figures.most_running)});
  rows.add({"success rate", text("%.1f %%", 100 * figures.success_rate)});
  rows.add({"processor time of all handlers", text("%.2f s", figures.one_worker_seconds)});
  rows.add({"speed-up against one worker", text("%.2f", figures.speed_up)});
  to.out << '\n' << rows.render();
}

bool show_quality(const std::vector<task_record>& tasks, const cli::console& to) {
  cli::table rows{{"kind", "answers", "quality"}};
  bool all = true;
  for (const auto& kind : check_answers(tasks)) {
    rows.add({kind.kind, kind.holds ? "check" : "WRONG", kind.line});
    all = all && kind.holds;
  }
  to.out << '\n' << rows.render();
  return all;
}

result<bool> fly_with(const std::string& directory, const cli::console& to) {
  const flight_places places{DUNLIN_FLIGHT_DATA "/digits.csv.gz",
                             {{DUNLIN_FLIGHT_ROOT "/docs", ".md"},
                              {DUNLIN_FLIGHT_ROOT "/examples", ".md"},
                              {"/usr/share/common-licenses", ""}},
                             directory + "/steps"};
  std::filesystem::create_directory(places.directory);
  auto plan = make_plan(places);
  if (!plan) return fail(std::move(plan.error()));
  fleet nodes{directory + "/state"};
  for (const auto& node : nodes_of_the_flight()) {
    to.note("starting node " + node.name);
    if (auto started = nodes.start(node); !started) return fail(std::move(started.error()));
  }
  auto swarm = reach(nodes);
  if (!swarm) return fail(std::move(swarm.error()));
  if (auto here = wait_for_nodes(*swarm, nodes_of_the_flight().size()); !here) return fail(std::move(here.error()));
  to.note("three nodes are alive; flying " + std::to_string(plan->size()) + " tasks");
  auto tasks = run_plan(*swarm, std::move(*plan), to);
  if (!tasks) return fail(std::move(tasks.error()));
  const auto stopped = swarm->shut_down();
  const bool ended_well = nodes.wait();
  show_tasks(*tasks, to);
  show_whole(figures_of(*tasks), to);
  const bool right = show_quality(*tasks, to);
  if (!stopped) return fail(error{stopped.error()});
  if (!ended_well) to.note("a node did not end by itself");
  return right && ended_well;
}

}  // namespace

int fly() {
  const cli::console to{std::cin, std::cout, std::cerr, cli::output_format::table, ::isatty(STDERR_FILENO) == 1};
  const flight_directory directory;
  if (directory.path().empty()) {
    to.refuse(error{errc::io_failed, "there is no room for temporary files", "set TMPDIR"});
    return cli::exit_code::failed;
  }
  const auto right = fly_with(directory.path(), to);
  if (!right) {
    to.refuse(right.error());
    return cli::exit_code_of(right.error().code);
  }
  to.line(*right ? "\nevery answer checks" : "\nnot every answer checks");
  return *right ? cli::exit_code::ok : cli::exit_code::failed;
}

}  // namespace dunlin::flight
