// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

std::string state_in_words(const task_record& task) {
  auto out = std::string{to_string(task.status.state)};
  if (task.status.state == task_state::pending && task.status.reason != pending_reason::none)
    (out += ": ") += to_string(task.status.reason);
  if (task.status.state == task_state::running && task.progress.percent > 0)
    out += " " + std::to_string(task.progress.percent) + " %";
  return out;
}

class task_list final : public verb {
 public:
  task_list() : verb("task list", "list tasks, oldest first") {}

  void declare(option_list& options) override {
    options.option("--state", &states_, "only tasks in this state; may be given several times");
    options.option("--kind", &filter_.kind, "only tasks of this kind");
    options.option("--name", &filter_.name, "only tasks of this name");
    options.option("--limit", &filter_.limit, "how many at most (1-1000)");
    options.option("--after", &after_, "only tasks after this id: the next page");
  }

  result<int> run(verb_context& with) override {
    for (const auto& name : states_) {
      const auto state = parse_task_state(name);
      if (!state) return fail(state.error());
      filter_.states.push_back(*state);
    }
    if (!after_.empty()) {
      const auto id = parse_task_id(after_);
      if (!id) return fail(id.error());
      filter_.after = *id;
    }
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    const auto page = swarm->list(filter_);
    if (!page) return fail(page.error());
    if (with.out.json())
      with.out.line(json::to_json(*page));
    else
      print(with.out, *page);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const json::task_page& page) {
    table rows{{"ID", "NAME", "KIND", "STATE", "PRIORITY>", "TRY>", "NODE", "RUN>", "SUBMITTED"}};
    for (const auto& task : page.tasks)
      rows.add({to_string(task.id), task.spec.name, task.spec.shape.kind, state_in_words(task),
                std::to_string(task.spec.priority), std::to_string(task.status.attempt), task.status.owner,
                task.status.usage.run_ns == 0 ? "-" : duration_in_words(task.status.usage.run_ns),
                time_in_words(task.submitted)});
    out.out << rows.render() << std::flush;
    if (page.next) out.line("more: --after " + to_string(*page.next));
  }

  std::vector<std::string> states_;
  std::string after_;
  task_filter filter_;
};

}  // namespace

std::unique_ptr<verb> make_task_list() { return std::make_unique<task_list>(); }

}  // namespace dunlin::cli
