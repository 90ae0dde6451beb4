// SPDX-License-Identifier: Apache-2.0
#include "cli/client/connection.hpp"
#include "cli/text/json_text.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

class node_drain final : public verb {
 public:
  node_drain() : verb("node drain", "let a node finish its tasks and leave") {}

  void declare(option_list& options) override { options.positional("name", &name_, "of the node"); }

  result<int> run(verb_context& with) override {
    auto swarm = connect(with.config);
    if (!swarm) return fail(swarm.error());
    if (auto asked = swarm->drain(name_); !asked) return fail(asked.error());
    json_text text;
    text.put("draining", name_);
    with.out.line(with.out.json() ? std::move(text).take() : name_ + " drains; see `dunlin node list`");
    return exit_code::ok;
  }

 private:
  std::string name_;
};

}  // namespace

std::unique_ptr<verb> make_node_drain() { return std::make_unique<node_drain>(); }

}  // namespace dunlin::cli
