// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/client/wait_for_tasks.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

class task_cancel final : public verb {
 public:
  task_cancel() : verb("task cancel", "cancel tasks; what runs is asked to stop") {}

  void declare(option_list& options) override { options.positional("tasks", &tasks_, "ids or names"); }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    for (const auto& task : tasks_) {
      const auto id = find_task(*swarm, task);
      if (!id) return fail(id.error());
      const auto now = swarm->cancel(*id);
      if (!now) return fail(now.error());
      const bool over = is_terminal(now->status.state);
      with.out.line(with.out.json() ? json::to_json(*now)
                                    : to_string(*id) + (over ? " is cancelled" : " was asked to stop"));
    }
    return exit_code::ok;
  }

 private:
  std::vector<std::string> tasks_;
};

}  // namespace

std::unique_ptr<verb> make_task_cancel() { return std::make_unique<task_cancel>(); }

}  // namespace dunlin::cli
