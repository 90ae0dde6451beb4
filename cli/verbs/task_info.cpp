// SPDX-License-Identifier: Apache-2.0
#include "actors/kinds/builtin_kinds.hpp"
#include "actors/process/run_command.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/wait_for_tasks.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/printable.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "coordination/observe/result_metrics.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

/// A result may be anything: text is shown, up to some lines of a terminal.
std::string shown(const bytes& raw) {
  constexpr std::size_t most = 400;
  if (raw.empty()) return "-";
  const auto text = as_text(raw);
  const std::string begin{text.substr(0, most)};
  if (printable(begin, true) != begin) return bytes_in_words(raw.size()) + ", not text; --output json has it";
  return begin + (text.size() > most ? " …" : "");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

class task_info final : public verb {
 public:
  task_info() : verb("task info", "show one task with its result and history") {}

  void declare(option_list& options) override { options.positional("task", &task_, "id, or name (the newest)"); }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    const auto id = find_task(*swarm, task_);
    if (!id) return fail(id.error());
    const auto record = swarm->find(*id);
    if (!record) return fail(record.error());
    if (with.out.json()) {
      with.out.line(json::to_json(*record));
      return exit_code::ok;
    }
    print(with.out, *record, why_pending(*swarm, *record));
    const auto events = swarm->events(*id);
    if (!events) return fail(events.error());
    print(with.out, *events);
    return exit_code::ok;
  }

 private:
  /// What is stored says less: who is in the way changes without a write.
  static std::string why_pending(net::http_client& swarm, const task_record& task) {
    if (task.status.state != task_state::pending) return {};
    const auto why = swarm.explain(task.id);
    return why ? why->summary : std::string{to_string(task.status.reason)};
  }

  static void print(const console& out, const task_record& task, const std::string& pending) {
    const auto& status = task.status;
    table rows{{"FIELD", "VALUE"}};
    rows.add({"id", to_string(task.id)});
    if (!task.spec.name.empty()) rows.add({"name", task.spec.name});
    rows.add({"kind", task.spec.shape.kind});
    rows.add({"state", std::string{to_string(status.state)}});
    if (!pending.empty()) rows.add({"why", pending});
    if (!is_terminal(status.state) && task.progress.percent > 0)
      rows.add({"progress", std::to_string(task.progress.percent) + " %  " + task.progress.message});
    rows.add({"priority", std::to_string(task.spec.priority)});
    if (!task.spec.locks.empty()) rows.add({"locks", joined(task.spec.locks)});
    rows.add({"attempt", std::to_string(status.attempt)});
    rows.add({"node", status.owner.empty() ? "-" : status.owner});
    rows.add({"submitted", moment_in_words(task.submitted)});
    rows.add({"started", moment_in_words(status.started)});
    rows.add({"finished", moment_in_words(status.finished)});
    rows.add({"queued on the node", duration_in_words(status.usage.queue_ns)});
    rows.add({"ran", duration_in_words(status.usage.run_ns)});
    rows.add({"processor time", duration_in_words(status.usage.cpu_ns)});
    add_device(rows, status);
    if (status.code != errc::none) rows.add({"error", std::string{to_string(status.code)}});
    out.out << rows.render();
    if (!status.why.empty()) out.out << "why: " << printable(status.why, true) << '\n';
    if (task.spec.shape.kind == command_kind_name)
      print_program(out, task);
    else
      out.out << "result: " << shown(status.output) << '\n' << std::flush;
  }

  static void add_device(table& rows, const task_status& status) {
    if (!status.usage.device.empty()) {
      const auto& use = status.usage.device.front();
      rows.add({"ran on", use.backend});
      if (!use.because.empty()) rows.add({"because", use.because});
      if (use.kernel_is != exactness::unmeasured) rows.add({"kernel time is", std::string{to_string(use.kernel_is)}});
    }
    const auto metrics = metrics_of(status);
    rows.add({"gpu_utilization %", to_string(metrics.gpu_utilization)});
    rows.add({"memory_usage_mb", to_string(metrics.memory_usage_mb)});
    rows.add({"kernel_time_ms", to_string(metrics.kernel_time_ms)});
  }

  /// A command's payload and result are messages of the runtime's own.
  static void print_program(const console& out, const task_record& task) {
    if (const auto line = codec::from_wire<command_line>(task.spec.payload)) {
      out.out << "command:";
      for (const auto& word : line->arguments) out.out << ' ' << printable(word);
      out.out << '\n';
    }
    if (const auto output = codec::from_wire<command_output>(task.status.output)) {
      out.out << "output: " << shown(output->output) << '\n';
      if (!output->errors.empty()) out.out << "errors: " << shown(output->errors) << '\n';
    }
    out.out << std::flush;
  }

  static void print(const console& out, const std::vector<task_event>& events) {
    table rows{{"AT", "EVENT", "STATE", "TRY>", "NODE", "NOTE"}};
    for (const auto& event : events)
      rows.add({moment_in_words(event.at), std::string{to_string(event.what)}, std::string{to_string(event.state)},
                std::to_string(event.attempt), event.owner, event.note});
    out.out << '\n' << rows.render() << std::flush;
  }

  std::string task_;
};

}  // namespace

std::unique_ptr<verb> make_task_info() { return std::make_unique<task_info>(); }

}  // namespace dunlin::cli
