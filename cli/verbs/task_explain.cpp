// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/client/wait_for_tasks.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/codec.hpp"

namespace dunlin::cli {

namespace {

class task_explain final : public verb {
 public:
  task_explain() : verb("task explain", "say why a task stands where it stands and what would change that") {}

  void declare(option_list& options) override { options.positional("task", &task_, "id, or name (the newest)"); }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    const auto id = find_task(*swarm, task_);
    if (!id) return fail(id.error());
    const auto why = swarm->explain(*id);
    if (!why) return fail(why.error());
    if (with.out.json())
      with.out.line(json::to_json(*why));
    else
      print(with.out, *why);
    return exit_code::ok;
  }

 private:
  static void print(const console& out, const task_explanation& why) {
    out.line(why.summary);
    if (!why.change.empty()) out.line("What would change that: " + why.change);
    for (const auto& needed : why.waits_for) out.line("waits for: " + needed);
    if (why.nodes.empty()) return;
    table rows{{"NODE", "ELIGIBLE", "REASON"}};
    for (const auto& verdict : why.nodes) rows.add({verdict.node, verdict.eligible ? "yes" : "no", verdict.reason});
    out.out << rows.render() << std::flush;
  }

  std::string task_;
};

}  // namespace

std::unique_ptr<verb> make_task_explain() { return std::make_unique<task_explain>(); }

}  // namespace dunlin::cli
