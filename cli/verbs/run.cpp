// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <ostream>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/process/run_command.hpp"
#include "cli/client/batches.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/outcome.hpp"
#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class run_verb final : public verb {
 public:
  run_verb() : verb("run", "run a program as a task: run [OPTIONS] -- CMD ARGUMENTS...") {}

  void declare(option_list& options) override {
    options.positional("command", &command_, "a program of the operator's list [process].allow, and its arguments");
    options.option("--priority", &priority_, "1-10");
    options.option("--timeout", &timeout_s_, "seconds for one attempt");
    options.option("--retries", &retries_, "how often it is tried again");
    options.option("--patience", &patience_s_, "seconds to wait at most; 0 = as long as it takes");
    options.option("--env", &environment_, "NAME=VALUE for the program; may be given several times");
  }

  result<int> run(verb_context& with) override {
    auto spec = wanted();
    if (!spec) return fail(spec.error());
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    const auto answers = submit_all(*swarm, {std::move(*spec)});
    if (!answers) return fail(answers.error());
    const auto id = answers->front().id;
    auto to = with.out;
    to.quiet = !to.live;  // the error stream belongs to the program
    const auto waited = wait_for_tasks(*swarm, {id}, patience_of(patience_s_), to);
    if (!waited) return fail(waited.error());
    const auto record = swarm->find(id);
    if (!record) return fail(record.error());
    if (record->status.state == task_state::succeeded) return print(with.out, *record);
    // Whatever its code is: the swarm was reached, and the program did not succeed.
    with.out.refuse(failure_of(*record));
    return exit_code::failed;
  }

 private:
  static error failure_of(const task_record& record) {
    const auto& status = record.status;
    const auto id = to_string(record.id);
    return error{status.code == errc::none ? errc::cancelled : status.code,
                 "task " + id + " " + std::string{to_string(status.state)} + ": " + status.why,
                 "`dunlin task info " + id + "` shows its history"};
  }

  result<task_spec> wanted() const {
    command_line command{command_, {}};
    for (const auto& pair : environment_) {
      const auto equals = pair.find('=');
      if (equals == std::string::npos || equals == 0)
        return fail(errc::invalid_argument, "'" + pair + "' is not NAME=VALUE", "such as --env LANG=C", "--env");
      command.environment.push_back({pair.substr(0, equals), pair.substr(equals + 1)});
    }
    if (priority_ < 1 || priority_ > 10 || !(timeout_s_ > 0 && timeout_s_ < 1e9))
      return fail(errc::invalid_argument, "the priority or the timeout is out of range",
                  "a priority is 1 to 10, a timeout above 0 seconds");
    task_spec out;
    out.shape.kind = std::string{command_kind_name};
    out.shape.timeout = milliseconds{static_cast<std::int64_t>(std::ceil(timeout_s_ * 1e3))};
    out.shape.retry.max_retries = retries_;
    out.priority = static_cast<std::uint8_t>(priority_);
    out.payload = codec::to_wire(command);
    return out;
  }

  static std::string as_json(const task_record& record, const command_output& output) {
    json_text out;
    out.put("id", to_string(record.id));
    out.put("state", to_string(record.status.state));
    out.put("node", record.status.owner);
    out.put("exit_code", std::int64_t{output.exit_code});
    out.put("output", as_text(output.output));
    out.put("errors", as_text(output.errors));
    out.put("output_bytes", output.output_bytes);
    out.put("errors_bytes", output.errors_bytes);
    return std::move(out).take();
  }

  static result<int> print(const console& to, const task_record& record) {
    const auto output = codec::from_wire<command_output>(record.status.output);
    if (!output) return fail(output.error());
    if (to.json()) {
      to.line(as_json(record, *output));
      return exit_code::ok;
    }
    to.out << as_text(output->output) << std::flush;
    to.err << as_text(output->errors) << std::flush;
    if (output->output_bytes > output->output.size() || output->errors_bytes > output->errors.size())
      to.note("dunlin: only the end of what the program wrote is kept");
    return exit_code::ok;
  }

  std::vector<std::string> command_;
  std::vector<std::string> environment_;
  std::uint32_t priority_ = 5;
  std::uint32_t retries_ = 0;  // a program need not be repeatable
  double timeout_s_ = 300;
  double patience_s_ = 0;
};

}  // namespace

std::unique_ptr<verb> make_run() { return std::make_unique<run_verb>(); }

}  // namespace dunlin::cli
