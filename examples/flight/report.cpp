// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/report.hpp"

#include <cstdio>
#include <utility>

#include "cli/text/table.hpp"
#include "examples/flight/agents/jobs.hpp"
#include "examples/flight/figures.hpp"
#include "examples/flight/nodes.hpp"
#include "examples/flight/payload.hpp"

namespace dunlin::flight {

namespace {

template <class... Values>
std::string text(const char* form, Values... values) {
  char out[160];
  std::snprintf(out, sizeof out, form, values...);
  return out;
}

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::string in_words(const std::map<task_state, std::size_t>& states) {
  std::string out;
  for (const auto& [state, count] : states)
    if (count > 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + std::string{to_string(state)};
  return out;
}

void add_kind(cli::table& to, const std::string& name, const std::vector<task_record>& tasks) {
  const auto figures = figures_of(tasks);
  to.add({name, std::to_string(figures.tasks), in_words(figures.states), text("%.0f", figures.queue.p50),
          text("%.0f", figures.queue.p95), text("%.0f", figures.queue.p99), text("%.1f", figures.run.p50),
          text("%.1f", figures.run.p95), text("%.1f", figures.run.p99)});
}

std::string kinds_table(const std::vector<task_record>& tasks, const std::vector<quality>& answers) {
  cli::table out{{"times in ms", "tasks>", "ended as", "queue p50>", "p95>", "p99>", "run p50>", "p95>", "p99>"}};
  for (const auto& answer : answers) {
    std::vector<task_record> some;
    for (const auto& task : tasks)
      if (task.spec.shape.kind == answer.kind) some.push_back(task);
    add_kind(out, answer.kind, some);
  }
  add_kind(out, "all", tasks);
  return out.render();
}

std::string nodes_table(const flight_figures& figures) {
  cli::table out{{"node", "capabilities", "tasks>", "share>", "busy s>", "share of work>"}};
  for (const auto& node : flight_nodes()) {
    const auto at = figures.nodes.find(node.name);
    const auto did = at == figures.nodes.end() ? node_share{} : at->second;
    std::string capabilities;
    for (const auto& one : node.capabilities) capabilities += (capabilities.empty() ? "" : ", ") + one;
    out.add({node.name, capabilities, std::to_string(did.tasks),
             text("%.1f %%", percent(static_cast<double>(did.tasks), static_cast<double>(figures.tasks))),
             text("%.2f", did.busy_seconds), text("%.1f %%", percent(did.busy_seconds, figures.one_worker_seconds))});
  }
  return out.render();
}

std::string whole_table(const flight_figures& figures, const machine_facts& machine) {
  cli::table out{{"the flight", ">"}};
  out.add({"tasks", in_words(figures.states)});
  out.add({"success rate", text("%.1f %%", 100 * figures.success_rate)});
  out.add({"duration", text("%.2f s", figures.seconds)});
  out.add({"throughput", text("%.1f tasks/s", figures.throughput)});
  out.add({"running at once, average", text("%.2f", figures.average_running)});
  out.add({"running at once, most", std::to_string(figures.most_running)});
  out.add({"one worker would need at least", text("%.2f s", figures.one_worker_seconds)});
  out.add({"speed-up against one worker", text("%.2f", figures.speed_up)});
  out.add({"processor cores", std::to_string(machine.cores)});
  out.add({"of these, left by other programs", text("%.2f", machine.left)});
  return out.render();
}

std::string answers_table(const std::vector<quality>& answers) {
  cli::table out{{"answers", "", "quality"}};
  for (const auto& answer : answers) {
    std::string kind = answer.kind;
    std::string judged = answer.holds ? "check" : "WRONG";
    for (const auto& fact : answer.facts) out.add({std::exchange(kind, ""), std::exchange(judged, ""), fact});
  }
  return out.render();
}

/// Returns the question with the shortest answer, and that answer; nothing if no question has one.
std::string example_of(const std::vector<task_record>& tasks) {
  std::string shortest;
  for (const auto& task : tasks) {
    if (task.spec.shape.kind != retrieval_kind) continue;
    const auto report = from_payload<retrieval_report>(task.status.output);
    if (!report || report->step != retrieval_step::synthesise || report->answer.quotes.empty()) continue;
    auto one = "for example: " + report->answer.query + "?\n" + to_text(report->answer);
    if (shortest.empty() || one.size() < shortest.size()) shortest = std::move(one);
  }
  return shortest.empty() ? shortest : "\n" + shortest;
}

}  // namespace

std::string report_of(const std::vector<task_record>& tasks, const machine_facts& machine,
                      const std::vector<quality>& answers) {
  const auto figures = figures_of(tasks);
  return kinds_table(tasks, answers) + "\n" + nodes_table(figures) + "\n" + whole_table(figures, machine) + "\n" +
         answers_table(answers) + example_of(tasks);
}

}  // namespace dunlin::flight
