// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/client/outcome.hpp"
#include "cli/client/wait_for_tasks.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class task_wait final : public verb {
 public:
  task_wait() : verb("task wait", "wait until tasks have ended; 0 only if all succeeded") {}

  void declare(option_list& options) override {
    options.positional("tasks", &tasks_, "ids or names");
    options.option("--patience", &patience_s_, "seconds to wait at most; 0 = as long as it takes");
  }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    std::vector<task_id> ids;
    for (const auto& task : tasks_) {
      const auto id = find_task(*swarm, task);
      if (!id) return fail(id.error());
      ids.push_back(*id);
    }
    const auto waited = wait_for_tasks(*swarm, ids, patience_of(patience_s_), with.out);
    if (!waited) return fail(waited.error());
    return report_outcome(with.out, *waited);
  }

 private:
  std::vector<std::string> tasks_;
  double patience_s_ = 0;
};

}  // namespace

std::unique_ptr<verb> make_task_wait() { return std::make_unique<task_wait>(); }

}  // namespace dunlin::cli
